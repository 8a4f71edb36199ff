package rtbhouse_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/destinations/rtbhouse"
)

const sampleID = "Ab3dEf6hIj9kLm2nOp5"

func TestParseVisitorIDReadsEveryFormOfTheCookie(t *testing.T) {
	t.Parallel()
	const inJSON = `{"eventType":"aid","id":"` + sampleID + `","expiryDate":"2027-04-20T15:22:01.591Z"}`
	for name, tc := range map[string]struct{ cookie, want string }{
		"raw":                       {sampleID, sampleID},
		"spaces around":             {" " + sampleID + "\n", sampleID},
		"percent-encoded":           {"a%2Bb%2Fc", "a+b/c"},
		"percent-encoded twice":     {"a%252Bb", "a+b"},
		"a plus is no space":        {"a+b", "a+b"},
		"JSON":                      {inJSON, sampleID},
		"URL-encoded JSON":          {url.QueryEscape(inJSON), sampleID},
		"URL-encoded JSON, twice":   {url.QueryEscape(url.QueryEscape(inJSON)), sampleID},
		"JSON as JSON text":         {`"{\"id\":\"` + sampleID + `\"}"`, sampleID},
		"a percent sign of its own": {"100%", "100%"},
		"UUID":                      {"0b6f9c1e-3a52-4c1e-9d7a-000000000000", "0b6f9c1e-3a52-4c1e-9d7a-000000000000"},
		"the longest":               {strings.Repeat("a", 256), strings.Repeat("a", 256)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := rtbhouse.ParseVisitorID(tc.cookie)
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
}

func TestParseVisitorIDRefusesWhatIdentifiesNobody(t *testing.T) {
	t.Parallel()
	for cookie, expected := range map[string]string{
		"":                                "is empty",
		"   ":                             "is empty",
		"%20":                             "is empty",
		`{"eventType":"uid","id":""}`:     "is empty",
		"unknown":                         "unknown",
		"Unknown":                         "unknown",
		"undefined":                       "unknown",
		"null":                            "unknown",
		`{"id":"unknown"}`:                "unknown",
		"%7B%22id%22%3A%22unknown%22%7D":  "unknown",
		`{"eventType":"aid"}`:             "JSON without",
		`{"id":7}`:                        "JSON without",
		`{"id":`:                          "JSON without",
		`"open`:                           "JSON without",
		"two words":                       "spaces",
		"a%0Ab":                           "spaces",
		"a%00b":                           "unprintable",
		"a%FFb":                           "unprintable",
		"a\u200bb":                        "unprintable",
		strings.Repeat("a", 257):          "longer than 256",
		strings.Repeat("%61", 257):        "longer than 256",
		strings.Repeat("%2525", 4096/5+1): "longer than 4096",
	} {
		got, err := rtbhouse.ParseVisitorID(cookie)
		require.ErrorContains(t, err, expected, "cookie %q", cookie)
		require.Empty(t, got)
	}
}

func FuzzParseVisitorID(f *testing.F) {
	for _, cookie := range []string{
		sampleID, "", "unknown", "%7B%22id%22%3A%22a%22%7D", `{"id":"{\"id\":\"a\"}"}`, `"%22a%22"`, "%25%32%35", "\xff", `{"id":"\ud800"}`,
	} {
		f.Add(cookie)
	}
	f.Fuzz(func(t *testing.T, cookie string) {
		got, err := rtbhouse.ParseVisitorID(cookie)
		if err != nil {
			require.Empty(t, got)
			return
		}
		require.NotEmpty(t, got)
		require.LessOrEqual(t, len(got), 256)
		require.NotEqual(t, "unknown", strings.ToLower(got))
		again, err := rtbhouse.ParseVisitorID(got)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}
