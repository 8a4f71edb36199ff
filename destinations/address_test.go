package destinations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/destinations"
	"ringback/internal/settings"
)

func TestG8_CredentialsThatAnotherAddressWouldReceive(t *testing.T) {
	t.Parallel()
	described := destinations.Description{Form: settings.Form{
		Options: []settings.Field{
			{Name: "address", Address: true, Default: "https://default.example.com"},
			{Name: "note"},
		},
		Credentials: []settings.Field{{Name: "key"}, {Name: "unset"}, {Name: "signing", Stays: true}},
	}}
	tests := map[string]struct {
		from, to string
		wanted   []string
	}{
		"another host":            {"https://a.example.com", "https://b.example.com", []string{"key"}},
		"another scheme":          {"https://a.example.com", "http://a.example.com", []string{"key"}},
		"another port":            {"https://a.example.com", "https://a.example.com:8443", []string{"key"}},
		"from the default":        {"", "https://b.example.com", []string{"key"}},
		"to the default":          {"https://a.example.com", "", []string{"key"}},
		"not a URL":               {"https://a.example.com", "https://b.example.com/%zz", []string{"key"}},
		"the default spelled out": {"", "https://default.example.com", nil},
		"another path":            {"https://a.example.com/x", "https://a.example.com/y", []string{"key"}},
		"another query":           {"https://a.example.com/x", "https://a.example.com/x/?z=1", nil},
		"the same in capitals":    {"https://a.example.com", " HTTPS://A.example.com ", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := settings.Values{
				Options:     map[string]string{"address": test.from, "note": "one"},
				Credentials: map[string]string{"key": "sample", "unset": "", "signing": "sample"},
			}
			after := settings.Values{Options: map[string]string{"address": test.to, "note": "two"}}
			require.Equal(t, test.wanted, described.SentElsewhere(before, after))
		})
	}
}

func TestHostOfADestination(t *testing.T) {
	t.Parallel()
	described := destinations.Description{Form: settings.Form{Options: []settings.Field{
		{Name: "name"}, {Name: "url", Address: true, Default: "https://Default.example"},
	}}}
	for url, host := range map[string]string{
		"": "default.example", "https://Hooks.example:8443/a?b": "hooks.example:8443", "://": "",
	} {
		require.Equal(t, host, described.Host(settings.Values{Options: map[string]string{"url": url}}), url)
	}
	require.Empty(t, destinations.Description{}.Host(settings.Values{}))
}
