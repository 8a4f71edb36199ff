package tracker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/tracker"
)

// typical returns the config of a usual site, with the ids of two third parties and
// three numbers.
func typical() tracker.Config {
	return tracker.Config{
		URL:     "https://ringback.example.com/s/k7f3q9x2m5c8w1z4",
		Domains: []string{"example.com"},
		Forms:   tracker.FormsMarked,
		VisitorIDs: []tracker.VisitorID{
			{System: "rtbhouse", Cookies: []string{"__r_aid_v__", "__rtbh.aid"}},
			{System: "bizible", Cookies: []string{"_biz_uid"}},
		},
		SessionMinutes: 30,
		Numbers: []tracker.Number{
			{International: "12025550100", National: "2025550100"},
			{International: "442079460123", National: "02079460123", Trunk: "4402079460123"},
			{International: "12025550177", National: "2025550177"},
		},
	}
}

// TestScriptStaysSmall limits the script to 4 KB in Brotli, which browsers get over
// HTTPS. Without HTTPS they get gzip, which may have 4.5 KB.
func TestScriptStaysSmall(t *testing.T) {
	t.Parallel()
	rendered := tracker.Render(typical())
	brotli, gzip := len(tracker.Pack("br", rendered)), len(tracker.Pack("gzip", rendered))
	t.Logf("%d bytes, Brotli %d, gzip %d", len(rendered), brotli, gzip)
	require.LessOrEqual(t, brotli, 4096)
	require.LessOrEqual(t, gzip, 4608)
}

func TestRenderWritesTheConfig(t *testing.T) {
	t.Parallel()
	c := typical()
	c.Domains = []string{"www.shop.example.com", "example.com", "example.org"}
	c.Consent, c.NeverRead, c.SwapAfterLoad = true, []string{"</script>"}, true
	require.Contains(t, string(tracker.Render(c)), `({"u":"https://ringback.example.com/s/k7f3q9x2m5c8w1z4",`+
		`"d":["example.com","example.org","www.shop.example.com"],"c":1,"f":1,`+
		`"i":[["rtbhouse",["__r_aid_v__","__rtbh.aid"],[]],["bizible",["_biz_uid"],[]]],"m":30,`+
		`"r":[["2025550100","12025550100"],["02079460123","442079460123","4402079460123"],["2025550177","12025550177"]],`+
		`"n":["\u003c/script\u003e"],"w":1},"`+tracker.Version+`")`)
	require.Contains(t, string(tracker.Render(tracker.Config{})), `{"u":"","d":[],"f":0,"i":[],"m":0,"r":[],"n":[]}`)
	require.Regexp(t, `,"[0-9a-f]{8}"\)$`, string(tracker.Render(typical())))
}

// TestExtendedScriptStaysSmall limits the script for pages that need more to 7 KB in
// Brotli.
func TestExtendedScriptStaysSmall(t *testing.T) {
	t.Parallel()
	rendered := tracker.RenderExtended(typical())
	brotli := len(tracker.Pack("br", rendered))
	t.Logf("%d bytes, Brotli %d", len(rendered), brotli)
	require.LessOrEqual(t, brotli, 7168)
	require.Regexp(t, `,"`+tracker.ExtendedVersion+`"\)$`, string(rendered))
	require.NotEqual(t, tracker.Version, tracker.ExtendedVersion)
}
