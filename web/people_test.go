package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestG2_PeopleAndOpportunitiesAreReplacedByTheirExternalID reports each twice.
func TestG2_PeopleAndOpportunitiesAreReplacedByTheirExternalID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.Advance(time.Minute)
	again := w.must("POST", "/sites/{site}/people", `{"external_id":"contact-1","phone":"(202) 555-0123"}`)
	require.Equal(t, w.names["person"], again["id"])
	require.Equal(t, "+12025550123", again["phone"])
	require.NotContains(t, again, "account", "a report replaces the one before as a whole")
	require.Equal(t, again, w.must("GET", "/sites/{site}/people/{person}", ""))
	require.Len(t, items(w.must("GET", "/sites/{site}/people", "")["items"]), 1)

	deal := w.must("POST", "/sites/{site}/opportunities", `{"external_id":"deal-1","opened_at":"2026-01-31T12:00:00Z","amount":-5,"currency":"JPY",
		"people":[{"person":"contact-2","primary":true}],"stages":[{"stage":"Demo","at":"2026-01-31T12:00:00Z"}]}`)
	require.Equal(t, w.names["opportunity"], deal["id"])
	require.Equal(t, deal, w.must("GET", "/sites/{site}/opportunities/{opportunity}", ""))
	require.Len(t, items(w.must("GET", "/sites/{site}/opportunities", "")["items"]), 1)
	require.NotEqual(t, deal["created_at"], deal["updated_at"])
}

func TestPeopleAndOpportunitiesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for field, report := range map[string][2]string{
		"external_id":  {"people", `{"external_id":"with space"}`},
		"email":        {"people", `{"external_id":"a","email":"nobody"}`},
		"phone":        {"people", `{"external_id":"a","phone":"12"}`},
		"closed_at":    {"opportunities", `{"external_id":"a","opened_at":"2026-01-31T12:00:00Z","won":true}`},
		"opened_at":    {"opportunities", `{"external_id":"a","opened_at":"2026-01-31T12:00:00Z","closed_at":"2026-01-30T12:00:00Z"}`},
		"amount":       {"opportunities", `{"external_id":"a","opened_at":"2026-01-31T12:00:00Z","amount":1000000000000001,"currency":"USD"}`},
		"currency":     {"opportunities", `{"external_id":"a","opened_at":"2026-01-31T12:00:00Z","amount":5}`},
		"ISO 4217":     {"opportunities", `{"external_id":"a","opened_at":"2026-01-31T12:00:00Z","amount":5,"currency":"usd"}`},
		"stages[0].at": {"opportunities", `{"external_id":"a","opened_at":"2026-01-31T12:00:00Z","stages":[{"stage":"Demo","at":"0001-01-01T00:00:00Z"}]}`},
		"person":       {"opportunities", `{"external_id":"a","opened_at":"2026-01-31T12:00:00Z","people":[{"person":""}]}`},
	} {
		answer := w.do("POST", "/sites/{site}/"+report[0], adminToken, report[1])
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, "%s: %s", field, answer.Body)
		require.Contains(t, answer.Body.String(), field)
	}
}
