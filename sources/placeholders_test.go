package sources_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/sources"
)

func TestM9_FieldsWithMacrosAreNamed(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		`utm_campaign=%7Bcampaign_id%7D&utm_term=shoes&gclid={gclid}`:                {"gclid", "q", "utm_campaign"},
		`{"a": "{{x}}", "b": {"c": ["d", "__CLICKID__"]}, "e": 7, "f": "{\"x\":1}"}`: {"a", "b.c.1", "q"},
		`"%keyword%"`: {"q"},
		`x`:           {"q"},
	} {
		require.Equal(t, want, sources.NotReplaced(sources.Request{URL: &url.URL{RawQuery: "q=${q}"}, Body: []byte(body)}), body)
	}
	require.Empty(t, sources.NotReplaced(sources.Request{Body: []byte(`{"a": "undefined"}`)}))
	many := ""
	for i := range 50 {
		many += fmt.Sprintf("f%d={f}&", i)
	}
	require.Len(t, sources.NotReplaced(sources.Request{Body: []byte(many)}), 20)
}
