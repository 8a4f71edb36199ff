package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// SettingsFile reads a YAML settings file for kong. Its keys are the names of the
// flags with _ in place of -, such as "http_address". A variable wins over the file,
// and a flag over both. A key that is not a setting is an error that names it, so
// that a typing error does not silently leave a default in place.
func SettingsFile(in io.Reader) (kong.Resolver, error) {
	values := map[string]any{}
	if err := yaml.NewDecoder(in).Decode(&values); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the settings file is not YAML of the form key: value: %w", err)
	}
	return settingsFile(values), nil
}

type settingsFile map[string]any

// Validate returns an error for keys that are not settings.
func (f settingsFile) Validate(app *kong.Application) error {
	known := map[string]bool{}
	for _, flag := range app.Flags {
		known[fileKey(flag.Name)] = len(flag.Envs) > 0 && flag.Name != "config"
	}
	var unknown []string
	for key := range f {
		if !known[key] {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return fmt.Errorf("the settings file has keys that are not settings: %s", strings.Join(unknown, ", "))
}

// Resolve returns the file's value of a flag, or nil if a variable sets it.
func (f settingsFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	value, ok := f[fileKey(flag.Name)]
	if !ok {
		return nil, nil
	}
	if value == nil {
		return nil, fmt.Errorf("the settings file has no value for %s", fileKey(flag.Name))
	}
	if list, ok := value.([]any); ok {
		return list, nil
	}
	return fmt.Sprint(value), nil
}

func fileKey(flag string) string { return strings.ReplaceAll(flag, "-", "_") }
