package web_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
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

// TestM8_JourneysAreFiles compares the files of journeys with what is shown.
func TestM8_JourneysAreFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.names["caller"] = w.must("POST", "/sites/{site}/people", `{"external_id":"contact-9","phone":"+12025550199"}`)["id"].(string)
	w.names["deal"] = w.must("POST", "/sites/{site}/opportunities", `{"external_id":"deal-9","opened_at":"2026-12-31T12:00:00Z","amount":1000,"currency":"USD","people":[{"person":"contact-9"}]}`)["id"].(string)
	const calls = 203 // more than a file reads at a time
	for i := range calls {
		w.must("POST", fmt.Sprintf("/sites/{site}/calls/call-%d/events", i),
			fmt.Sprintf(`{"type":"started","at":"2026-01-31T%02d:%02d:00Z","caller":"+12025550199","visitor_ids":{"bizible":"08c1063cb0a64349ad0d2d862f5cc700"}}`, 10+i/60, i%60))
	}
	require.Equal(t, http.StatusNotFound, w.do("GET", w.fill("/sites/{site}/opportunities/{deal}/journey.csv"), w.tokens["viewer"], "").Code, "not computed yet")
	require.Equal(t, http.StatusNotFound, w.do("GET", w.fill("/sites/{site}/people/cpe_unknown/journey.csv"), w.tokens["viewer"], "").Code)
	w.computeJourneys()
	read := func(path string) [][]string {
		answer := w.do("GET", w.fill(path), w.tokens["viewer"], "")
		require.Equal(t, http.StatusOK, answer.Code)
		lines, err := csv.NewReader(answer.Body).ReadAll()
		require.NoError(t, err)
		require.Len(t, lines, 1+calls)
		return lines
	}
	person := read("/sites/{site}/people/{caller}/journey.csv")
	touches := items(w.must("GET", "/sites/{site}/people/{caller}/journey?limit=200", "")["touchpoints"])
	for i, item := range touches {
		shown, line := item.(object), person[1+i]
		require.Equal(t, []any{shown["id"], shown["at"], shown["day"], shown["type"], shown["conversion_id"]}, []any{line[0], line[1], line[2], line[4], line[13]})
		require.Equal(t, fmt.Sprint(shown["u_shaped"]), line[16])
	}
	deal := read("/sites/{site}/opportunities/{deal}/journey.csv")
	for _, item := range items(w.must("GET", "/sites/{site}/opportunities/{deal}/journey?limit=200", "")["models"]) {
		model := item.(object)
		column, credit, amount := slices.Index(deal[0], "credit_"+model["model"].(string)), 0, 0
		for i, line := range deal[1:] {
			if shares := items(model["shares"]); i < len(shares) {
				require.Equal(t, fmt.Sprint(shares[i].(object)["credit"]), line[column])
			}
			credit, amount = credit+whole(t, line[column]), amount+whole(t, line[column+1])
			require.Equal(t, "USD", line[14])
		}
		require.Equal(t, []int{10_000, 1000}, []int{credit, amount}, "it adds up over all pages")
	}
}

func whole(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}
