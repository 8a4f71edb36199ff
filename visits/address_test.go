package visits_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/visits"
)

func TestAddressesAreKeptWithoutSecretsAndPeople(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://www.example.com/":                                       "https://www.example.com/",
		"HTTPS://WWW.Example.com:8443/Path?Q=1":                          "https://www.example.com:8443/Path?Q=1",
		" http://example.com ":                                           "http://example.com",
		"https://visitor:word@example.com/a":                             "https://example.com/a",
		"https://example.com/a#utm_source=x":                             "https://example.com/a",
		"https://example.com/?utm_source=a&utm_medium=cpc&gclid=g-1&q=1": "https://example.com/?utm_source=a&utm_medium=cpc&gclid=g-1&q=1",
		"https://example.com/?a=1&token=t&b=2":                           "https://example.com/?a=1&b=2",
		"https://example.com/?token=t":                                   "https://example.com/",
		"https://example.com/?password=p&pwd=p&api_key=k&apikey=k&x=":    "https://example.com/?x=",
		"https://example.com/?session=s&sid=s&PHPSESSID=s&auth=a&code=c": "https://example.com/",
		"https://example.com/?accessToken=t&user%5Bemail%5D=e&sig=s":     "https://example.com/",
		"https://example.com/?email=e&your-phone=p&tel=1&userEmail=e":    "https://example.com/",
		"https://example.com/?ref=visitor%40example.com&q=1":             "https://example.com/?q=1",
		"https://example.com/?ref=visitor@example.com":                   "https://example.com/",
		"https://example.com/?ref=visitor%2540example.com":               "https://example.com/",
		"https://example.com/?utm_content=visitor%40example.com":         "https://example.com/",
		"https://example.com/?utm_source=key&utm_term=phone":             "https://example.com/?utm_source=key&utm_term=phone",
		"https://example.com/?keyword=door&monkey=1&barcodes=2":          "https://example.com/?keyword=door&monkey=1&barcodes=2",
		"https://example.com/?&&a=1&&":                                   "https://example.com/?a=1",
		"https://example.com/a/b%2":                                      "https://example.com/a/b",
		"https://example.com/?q=a%":                                      "https://example.com/?q=a",
		"https://example.com/?q=100%&r=%zz":                              "https://example.com/?q=100%&r=%zz",
		"https://example.com/?q=окна":                                    "https://example.com/?q=%D0%BE%D0%BA%D0%BD%D0%B0",
		"https://example.com/окна":                                       "https://example.com/%D0%BE%D0%BA%D0%BD%D0%B0",
		"https://example.com/a;jsessionid=1/b;c?d=1":                     "https://example.com/a/b?d=1",
		"https://[2001:db8::1]:8080/a":                                   "https://[2001:db8::1]:8080/a",
		"":                                                               "",
		"example.com/a":                                                  "",
		"/a?b=1":                                                         "",
		"//example.com/a":                                                "",
		"javascript:alert(1)":                                            "",
		"data:text/html,x":                                               "",
		"file:///etc/hosts":                                              "",
		"android-app://com.example/":                                     "",
		"https:///a":                                                     "",
		"https://:80/":                                                   "",
		"https://exa mple.com/":                                          "",
		"https://example.com/\x00":                                       "",
		"https://" + strings.Repeat("a", 400) + ".example.com/":          "",
	} {
		require.Equal(t, want, visits.CleanURL(raw), "%q", raw)
	}
}

func TestAddressesAreCutAtAParameterOrAPartOfThePath(t *testing.T) {
	t.Parallel()
	start := "https://example.com/?a=1"
	require.Equal(t, start, visits.CleanURL(start+"&b="+strings.Repeat("x", 2048)+"&c=3"), "what follows goes too")
	fits := start + "&b=" + strings.Repeat("x", 2048-len(start)-len("&b="))
	require.Len(t, fits, 2048)
	require.Equal(t, fits, visits.CleanURL(fits))
	require.Equal(t, start, visits.CleanURL(fits+"x"))
	require.Equal(t, "https://example.com/a/", visits.CleanURL("https://example.com/a/" + strings.Repeat("x", 2048) + "?b=1")[:len("https://example.com/a/")])
	require.LessOrEqual(t, len(visits.CleanURL("https://example.com/"+strings.Repeat("x", 4000))), 2048)
}

func TestHostIn(t *testing.T) {
	t.Parallel()
	domains := []string{"example.com", " Shop.Example.net ", ""}
	for host, in := range map[string]bool{
		"example.com":          true,
		"EXAMPLE.com.":         true,
		"example.com:8443":     true,
		"www.example.com":      true,
		"a.b.example.com":      true,
		"shop.example.net":     true,
		"www.shop.example.net": true,
		"example.net":          false,
		"notexample.com":       false,
		"example.com.evil.org": false,
		"example":              false,
		"":                     false,
		".":                    false,
	} {
		require.Equal(t, in, visits.HostIn(host, domains), "%q", host)
	}
	require.False(t, visits.HostIn("example.com", nil))
}
