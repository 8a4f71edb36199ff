package app

import (
	"fmt"
	"log/slog"
	"net/url"
	"reflect"
	"strings"
)

// LogValue returns every setting for the log line at the start. For a secret it
// holds only whether that is configured, and a database URL without its password.
func (c Config) LogValue() slog.Value {
	value := reflect.ValueOf(c)
	var attrs []slog.Attr
	for i := range value.NumField() {
		field := value.Type().Field(i)
		name := settingName(field)
		switch field.Tag.Get("secret") {
		case "true":
			attrs = append(attrs, slog.Bool(name+"_configured", !value.Field(i).IsZero()))
		case "url":
			attrs = append(attrs, slog.String(name, withoutPassword(value.Field(i).String())))
		default:
			attrs = append(attrs, slog.String(name, fmt.Sprint(value.Field(i).Interface())))
		}
	}
	return slog.GroupValue(attrs...)
}

// settingName returns the variable's name without its prefix, so that a setting has
// one name in the log, the environment and the settings file.
func settingName(field reflect.StructField) string {
	return strings.ToLower(strings.TrimPrefix(field.Tag.Get("env"), "RINGBACK_"))
}

// withoutPassword returns the parts of a URL that cannot hold a secret: a password
// may be in the user part and in the query.
func withoutPassword(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "not a URL"
	}
	if u.Host == "" {
		return u.Scheme + ":" + u.Opaque + u.Path
	}
	return u.Scheme + "://" + u.Host + u.Path
}
