package rtbhouse

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// The URL that the test of RTB House's own template expects (docs/facts/rtb-house.md).
func TestPostbackMatchesTheTemplatesExample(t *testing.T) {
	t.Parallel()
	p := postback{
		pkey:      "rtb-test",
		idName:    "aid",
		visitorID: "test-rtb",
		at:        time.UnixMilli(1658475836352),
		tag: tag{
			hash: "IYIhaCDSPfPoVd4FIEF1", name: "conversion_order_purchase",
			value: "12", conversionID: "12345", offers: "123,456", deduplication: "false",
		},
		page:     "https://www.rtbhouse.com/why-rtbhouse/",
		referrer: "https://www.rtbhouse.com",
	}
	require.Equal(t, "https://omni.creativecdn.com/partner/omni/postbacks?pkey=rtb-test&aid=test-rtb&time=1658475836352"+
		"&tag=pr_IYIhaCDSPfPoVd4FIEF1_conversion_order_purchase_12_12345_123,456&cd=false"+
		"&su=https%3A%2F%2Fwww.rtbhouse.com%2Fwhy-rtbhouse%2F&sr=https%3A%2F%2Fwww.rtbhouse.com",
		p.url("https://omni.creativecdn.com/"))
}

func TestTagGrammar(t *testing.T) {
	t.Parallel()
	const hash = "IYIhaCDSPfPoVd4FIEF1"
	for want, given := range map[string]tag{
		"pr_" + hash + "_conversion_action_call___":         {hash: hash, name: "conversion_action_call"},
		"pr_" + hash + "_conversion_action_call__call-7_":   {hash: hash, name: "conversion_action_call", conversionID: "call-7"},
		"pr_" + hash + "_conversion_action_form_1.5_a-b_":   {hash: hash, name: "conversion_action_form", value: "1.5", conversionID: "a_b"},
		"pr_" + hash + "_conversion_action_call__a%20b%26_": {hash: hash, name: "conversion_action_call", conversionID: "a b&"},
		"pr_" + hash + "_custom_phone-call_12":              {hash: hash, name: "custom_phone-call", value: "12", conversionID: "call-7"},
		"pr_" + hash + "_custom_phone-call_":                {hash: hash, name: "custom_phone-call"},
	} {
		require.Equal(t, want, given.String())
	}
}

func TestOnlyConversionTagsHaveDeduplication(t *testing.T) {
	t.Parallel()
	conversion := postback{tag: tag{name: "conversion_action_call", deduplication: "default"}}
	custom := postback{tag: tag{name: "custom_call", deduplication: "default"}}
	require.Contains(t, conversion.url(""), "&cd=default&su=&sr=")
	require.NotContains(t, custom.url(""), "cd=")
}

func TestPagesAreCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a%20%C3%A9", escapeUpTo("a é€", 10))
	require.Empty(t, escapeUpTo("€", 8))
	long := escapeUpTo("https://example.com/"+strings.Repeat("é", 5000), maxPage)
	require.LessOrEqual(t, len(long), maxPage)
	require.True(t, utf8.ValidString(long))
	require.True(t, strings.HasSuffix(long, "%C3%A9"))
}
