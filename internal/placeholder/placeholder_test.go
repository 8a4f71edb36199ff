package placeholder_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/placeholder"
)

func TestTextsThatStandForNoValue(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "undefined", "NULL", "NaN", "(not set)", "Not Set", "(none)", "(not provided)", "N/A", "[object Object]", "undefined undefined", "<не указано>", "Не заполнено", "não informado",
	} {
		require.True(t, placeholder.Is(text), text)
		require.False(t, placeholder.IsMacro(text), text)
	}
	for _, text := range []string{
		"{gclid}", "{{click_id}}", "${GCLID}", "#{gclid}", "{ campaign.name }", "{keyword:shoes}", "{имя}", "%gclid%", "%%GCLID%%", "__CLICKID__", "__CAMPAIGN_NAME__", "*|EMAIL|*",
		"<gclid>", "<%= gclid %>", "[gclid]", "[utm_source]", "[[campaign_id]]", "%7Bgclid%7D", "%7b%7bgclid%7d%7d", " {gclid} ",
	} {
		require.True(t, placeholder.IsMacro(text), text)
		require.True(t, placeholder.Is(text), text)
		require.Empty(t, placeholder.Without(text), text)
	}
	for _, text := range []string{
		"0", "-", "Null", "Nan", "none", "None", "unknown", "Null Island", "[red shoes]", "[Brand] Search", "spring_{campaignid}", "50% off", "100%", "_", "__", "a__b", "{\"id\":\"x\"}", "{}", "[\"a\"]",
		"{550e8400-e29b-41d4-a716-446655440000}", "{abcdef00-e29b-41d4-a716-446655440000}", "<ann@example.com>", "<sip:+12025550123@example.com>", "<unknown>", "<скрыт>", "$5", "+12025550123", "%D0%B0",
	} {
		require.False(t, placeholder.Is(text), text)
		require.Equal(t, text, placeholder.Without(text))
	}
}

func TestTextsThatIdentifyNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "null", "Null", "unknown", "None", "{gclid}", "[click]", "$gclid", "false", "-"} {
		require.True(t, placeholder.IsNoID(text), text)
	}
	for _, text := range []string{"0", "abc", "EAIaIQobChMI-_1", "2-abc", "test-click", "MzRlODBiNWFlZA=="} {
		require.False(t, placeholder.IsNoID(text), text)
	}
}

func TestTextsThatIdentifyNoClick(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "null", "{gclid", "gclid}", "@@gclid@@", "!!gclid!!", "$[gclid]", "{gclid}/", "%7Bgclid%7D", "%s", "XXXX", "...", "YOUR_GCLID", "insert-gclid", ":gclid", "GCLID", "0", "a b"} {
		require.True(t, placeholder.IsNoClickID("gclid", id), id)
	}
	for _, id := range []string{"abc", "0A", "EAIaIQobChMI-_1.2~3", "MzRlODBiNWFlZA==", "WkS0Zx1Y:xyN+/", "test-click", "x1", "7", "MzRlODBiNWFlZA%3D%3D"} {
		require.False(t, placeholder.IsNoClickID("gclid", id), id)
	}
}
