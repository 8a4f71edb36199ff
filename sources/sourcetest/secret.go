package sourcetest

import (
	"strings"
	"time"

	"ringback/internal/settings"
	"ringback/sources"
)

// BySecret returns the subject of a source whose messages are known by the parameter
// secret of the address, with these options, in a region of the site.
func BySecret(source sources.Source, region string, options map[string]string) Subject {
	return Subject{
		Source: source, SecretInAddress: true,
		Settings: func(keys ...string) sources.Settings {
			return sources.Settings{Region: region, TimeZone: time.UTC, Values: settings.Values{
				Credentials: map[string]string{"secrets": strings.Join(keys, "\n")}, Options: options,
			}}
		},
		Sign: func(r *sources.Request, key string) {
			query := r.URL.Query()
			query.Set("secret", key)
			r.URL.RawQuery = query.Encode()
		},
	}
}
