package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestM4_JourneysAreExplained reports a call without a BizibleId, and one whose browser no
// visit has.
func TestM4_JourneysAreExplained(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.must("POST", "/sites/{site}/people", `{"external_id":"contact-9","phone":"+12025550199"}`)
	w.names["caller"] = person["id"].(string)
	deal := w.must("POST", "/sites/{site}/opportunities", `{"external_id":"deal-9","opened_at":"2026-12-31T12:00:00Z","amount":1000,"currency":"USD","people":[{"person":"contact-9"}]}`)
	w.names["deal"] = deal["id"].(string)
	for name, ids := range map[string]string{"without": "", "with": `,"visitor_ids":{"bizible":"08c1063cb0a64349ad0d2d862f5cc700"}`} {
		call := w.must("POST", "/sites/{site}/calls/"+name+"/events", `{"type":"started","at":"2026-01-31T12:25:00Z","caller":"+12025550199"`+ids+`}`)
		w.names[name] = call["conversion_id"].(string)
	}
	require.Equal(t, http.StatusNotFound, w.do("GET", w.fill("/sites/{site}/conversions/{with}/merging"), w.tokens["viewer"], "").Code, "not computed yet")
	w.computeJourneys()
	without := w.must("GET", "/sites/{site}/conversions/{without}/merging", "")
	require.Equal(t, "no_bizible_id", without["outcome"])
	with := w.must("GET", "/sites/{site}/conversions/{with}/merging?language=ru", "")
	require.Equal(t, "no_session", with["outcome"])
	require.NotEqual(t, w.must("GET", "/sites/{site}/conversions/{with}/merging", "")["explanation"], with["explanation"])
	require.Equal(t, w.names["caller"], with["person_id"])

	touches := items(w.must("GET", "/sites/{site}/people/{caller}/journey", "")["touchpoints"])
	require.Len(t, touches, 1, "a call without a BizibleId has none (M6)")
	touch := touches[0].(object)
	require.Equal(t, "FT, LC, Form", touch["position"])
	require.Equal(t, w.names["with"], touch["conversion_id"])
	require.NotEmpty(t, touch["reasons"])
	require.EqualValues(t, 10_000, touch["first_touch"])
	require.EqualValues(t, 10_000, touch["lead_creation"])
	require.EqualValues(t, 8_000, touch["u_shaped"], "40 % for the first touch, and 40 % for lead creation")
	for _, item := range items(w.must("GET", "/sites/{site}/opportunities/{deal}/journey", "")["models"]) {
		shares := items(item.(object)["shares"])
		require.Len(t, shares, 1)
		require.EqualValues(t, 10_000, shares[0].(object)["credit"])
		require.EqualValues(t, 1000, shares[0].(object)["amount"])
		require.NotEmpty(t, shares[0].(object)["explanation"])
	}
}
