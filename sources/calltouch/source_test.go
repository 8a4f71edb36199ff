package calltouch_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/settings"
	"ringback/sources"
	"ringback/sources/calltouch"
	"ringback/sources/sourcetest"
)

func signedBy(keys ...string) sources.Settings {
	return sources.Settings{
		Region: "RU",
		Values: settings.Values{
			Credentials: map[string]string{"secrets": strings.Join(keys, "\n")},
			Options:     map[string]string{"time_zone": "Europe/Moscow"},
		},
	}
}

func subject() sourcetest.Subject {
	return sourcetest.Subject{
		Source: calltouch.New(), Settings: signedBy, SecretInAddress: true,
		Sign: func(r *sources.Request, key string) {
			query := r.URL.Query()
			query.Set("secret", key)
			r.URL.RawQuery = query.Encode()
		},
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, subject())
}

func FuzzParse(f *testing.F) { sourcetest.Fuzz(f, subject()) }

func TestValidateNamesWrongOptions(t *testing.T) {
	t.Parallel()
	for option, value := range map[string]string{"time_zone": "Moscow time", "visitor_ids": "bizible", "colour": "red"} {
		set := signedBy("sample-secret-0123456789")
		set.Options = map[string]string{option: value}
		wrong := calltouch.New().Validate(set)
		require.Len(t, wrong, 1)
		require.Equal(t, "options."+option, wrong[0].Path)
	}
	wrong := calltouch.New().Validate(signedBy("short"))
	require.Len(t, wrong, 1)
	require.Equal(t, "credentials.secrets", wrong[0].Path)
}
