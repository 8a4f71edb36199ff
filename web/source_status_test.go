package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/paging"
	"ringback/internal/secrets"
	"ringback/internal/sourcestatus"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/received"
	"ringback/models/reconciliations"
	"ringback/web"
)

func TestM9_TheStatusOfASource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/sites/{site}/sources/callrail"
	w.run(t, []scenario{
		{name: "a message has come", method: "GET", path: path + "/status", as: "viewer", status: 200,
			holds: []string{`"last_message_at":"2026-01-31T12:`, `"code":"pauses_not_known"`, "too few messages", `"clock":{"code":"not_known"`, "too few calls", `"state":"off"`, `"calls_found":0`}},
		{name: "no list without the API's key", method: "POST", path: path + "/reconciliation", as: "editor", status: 409, holds: []string{"does not ask the provider"}},
		{name: "who may only read asks for nothing", method: "POST", path: path + "/reconciliation", as: "viewer", status: 403},
		{name: "the API's key", method: "PUT", path: path, as: "editor", body: `{"options":{"api_account_id":"100200300"},"credentials":{"api_key":"sample-key"}}`, status: 200},
		{name: "it waits for its workflow", method: "GET", path: path + "/status", as: "viewer", status: 200, holds: []string{`"state":"waiting"`, `"requested_at"`}},
		{name: "asked for", method: "POST", path: path + "/reconciliation", as: "editor", status: 202},
		{name: "a source without a list", method: "PUT", path: "/sites/{site}/sources/twilio", body: `{"credentials":{"auth_tokens":"sample-token"}}`, status: 200},
		{name: "has no reconciliation", method: "GET", path: "/sites/{site}/sources/twilio/status", status: 200, holds: []string{`"code":"no_message"`}, lacks: []string{"reconciliation", "last_message_at"}},
		{name: "that is not set up", method: "GET", path: "/sites/{site}/sources/calltouch/status", status: 404},
	})
	site, err := w.store.Site(t.Context(), w.accountOfSite(t), w.names["site"])
	require.NoError(t, err)
	run, err := w.store.BeginReconciliation(t.Context(), reconciliations.Beginning{SiteID: site.ID, Source: "callrail", Account: "a", Alive: time.Minute})
	require.NoError(t, err)
	require.NoError(t, w.store.StoreListedPage(t.Context(), &run, reconciliations.Page{Read: paging.Page{IDs: make([]string, 250)}, Found: 3, Completed: 1}))
	require.NoError(t, w.store.EndReconciliation(t.Context(), &run, reconciliations.Outcome{
		State: reconciliations.Failing, Problem: sourcestatus.Problem{Code: sourcestatus.Refused, Status: 401}, Next: w.clock.Now(),
	}))
	w.run(t, []scenario{
		{name: "what was found, and what is wrong", method: "GET", path: path + "/status?language=pt-BR", as: "viewer", status: 200, holds: []string{
			`"state":"failing"`, `"problem":{"code":"key_refused","status":401}`, "o provedor não aceita a chave", `"calls_found":3`, `"calls_completed":1`, `"calls_listed":250`, `"last_reconciled_at"`,
		}},
	})
}

// TestM9_ASourceThatIsSwitchedOffIsNotAskedAboutAgain switches a source off. The signal makes
// its workflow end at once: calls that begin from then on are not taken.
func TestM9_ASourceThatIsSwitchedOffIsNotAskedAboutAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, change := range []struct {
		body    string
		signals int
	}{
		{`{"options":{"api_account_id":"100200300"},"credentials":{"api_key":"sample-key"}}`, 1},
		{`{"enabled":false}`, 1}, {`{"enabled":false}`, 0}, {`{"enabled":true}`, 1},
		{`{"options":{"api_account_id":null},"credentials":{"api_key":null}}`, 1}, {`{"enabled":false}`, 0},
	} {
		w.must("PUT", "/sites/{site}/sources/callrail", change.body)
		due, err := w.store.DueSignals(t.Context(), w.clock.Now(), 100, time.Hour)
		require.NoError(t, err)
		found := 0
		for _, signal := range due {
			if signal.Kind == reconciliations.KindReconciliation {
				found++
			}
		}
		require.Equal(t, change.signals, found, change.body)
		w.clock.Advance(time.Second)
	}
}

// accountOfSite returns the account of the world's site.
func (w *world) accountOfSite(t *testing.T) string {
	t.Helper()
	account, err := w.store.AccountOfSite(t.Context(), w.names["site"])
	require.NoError(t, err)
	return account
}

func TestM9_ASilentSourceIsMarked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from := w.clock.Now().Add(-20 * 24 * time.Hour).Truncate(time.Hour)
	for hour := from; hour.Before(w.clock.Now()); hour = hour.Add(time.Hour) {
		require.NoError(t, w.store.NoteMessage(t.Context(), w.names["site"], "callrail", hour))
	}
	const path = "/sites/{site}/sources/callrail/status"
	w.run(t, []scenario{{name: "as usual", method: "GET", path: path, status: 200, holds: []string{`"code":"as_usual"`, `"usual_hours":2`}}})
	w.clock.Advance(4 * time.Hour)
	w.run(t, []scenario{
		{name: "silent", method: "GET", path: path, status: 200, holds: []string{`"code":"longer_than_usual"`, `"hours":3`, "in the last 3 hours"}},
		{name: "in Russian", method: "GET", path: path + "?language=ru", status: 200, holds: []string{"таких часов: 3"}},
	})
}

func TestM9_ADeletedSourceLeavesItsCallsAndMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/sites/{site}/sources/callrail"
	const call = `{"resource_id":"CAL1","answered":true,"duration":"90","start_time":"2026-01-31T12:00:00Z"}`
	require.Equal(t, http.StatusOK, w.callrail("post_call", call).Code)
	w.run(t, []scenario{
		{name: "not by who may only read", method: "DELETE", path: path, as: "viewer", status: 403},
		{name: "nor by another account", method: "DELETE", path: path, as: "stranger", status: 404},
		{name: "deleted", method: "DELETE", path: path, as: "editor", status: 204},
		{name: "gone", method: "GET", path: path, status: 404},
		{name: "once", method: "DELETE", path: path, status: 404},
		{name: "its status too", method: "GET", path: path + "/status", status: 404},
		{name: "in the audit trail", method: "GET", path: "/audit?entity=source", status: 200, holds: []string{`"action":"deleted"`, `"entity_id":"callrail"`}},
		{name: "its calls stay", method: "GET", path: "/sites/{site}/conversions?external_id=CAL1", status: 200, holds: []string{`"source":"callrail"`}},
		{name: "and its unread messages", method: "GET", path: "/sites/{site}/unread-messages", status: 200, holds: []string{`"source":"callrail"`}},
		{name: "which are not read without settings", method: "POST", path: "/sites/{site}/unread-messages/{unread-message}/read", status: 404},
	})
	require.Equal(t, http.StatusNotFound, w.callrail("post_call", call).Code)
	w.names["hook"] = w.must("PUT", path, sampleSource)["webhook_url"].(string)
	w.run(t, []scenario{{name: "without the history of the one before", method: "GET", path: path + "/status", status: 200, holds: []string{`"code":"no_message"`}}})
	require.Equal(t, http.StatusOK, w.callrail("post_call", call).Code)
	w.run(t, []scenario{
		{name: "the same call", method: "GET", path: "/sites/{site}/conversions?external_id=CAL1", status: 200, holds: []string{`"source":"callrail"`}},
		{name: "read again", method: "POST", path: "/sites/{site}/unread-messages/{unread-message}/read", status: 200, holds: []string{`"read":false`}},
	})
}

// TestM9_UnreadMessagesBeyondTheirBoundAreRefused lets a source have one unread message.
// The provider is asked to send the next one again, which would be lost otherwise.
func TestM9_UnreadMessagesBeyondTheirBoundAreRefused(t *testing.T) {
	t.Parallel()
	w, counts := worldWithUnreadBound(t, received.Bound{Messages: 1, Bytes: 1 << 20})
	unreadable := func(id string) string { return `{"resource_id":"` + id + `","start_time":"yesterday"}` }
	require.Equal(t, http.StatusOK, w.callrail("post_call", unreadable("CAL1")).Code)
	refused := w.callrail("post_call", unreadable("CAL2"))
	require.Equal(t, http.StatusServiceUnavailable, refused.Code, refused.Body)
	require.Equal(t, "3600", refused.Header().Get("Retry-After"))
	require.Contains(t, refused.Body.String(), "as many unread messages as are kept")
	require.Equal(t, 1, counts["received callrail unread"])
	require.Equal(t, 1, counts["received callrail refused"])
	require.Equal(t, http.StatusOK, w.callrail("post_call", unreadable("CAL1")).Code, "one that is kept already")
	require.Equal(t, http.StatusOK, w.callrail("post_call", `{"resource_id":"CAL3","answered":true,"duration":"9","start_time":"2026-01-31T12:00:00Z"}`).Code, "nor is one that can be read")
	list := decode(t, w.do("GET", "/sites/{site}/unread-messages", adminToken, ""))["items"].([]any)
	require.Len(t, list, 1)
	w.must("DELETE", "/sites/{site}/unread-messages/"+list[0].(object)["id"].(string), "")
	require.Equal(t, http.StatusOK, w.callrail("post_call", unreadable("CAL2")).Code, "there is room again")
}

// worldWithUnreadBound returns a world with a site and CallRail, and what its metrics
// count.
func worldWithUnreadBound(t *testing.T, bound received.Bound) (*world, map[string]int) {
	t.Helper()
	clock := clockwork.NewFakeClockAt(start)
	w := &world{
		t: t, clock: clock, relay: &relay{}, outside: outside{}, log: &logBuffer{},
		names: map[string]string{}, tokens: map[string]string{"operator": adminToken},
	}
	keys, err := secrets.Generate()
	require.NoError(t, err)
	box, err := secrets.New(keys)
	require.NoError(t, err)
	w.store, err = models.Open(context.Background(), models.Options{
		DSN: modeltest.MigratedSQLite(t), Box: box, Clock: clock, Logger: slog.New(slog.DiscardHandler), UnreadBound: bound,
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.store.Close() })
	o, metrics := options(w.store, clock, w.relay, w.outside, w.log), newTally()
	o.Metrics = metrics
	w.handler, err = web.New(o)
	require.NoError(t, err)
	w.names["site"] = w.must("POST", "/sites", `{"name":"Example Shop","domains":["www.example.com"]}`)["id"].(string)
	w.names["hook"] = w.must("PUT", "/sites/{site}/sources/callrail", sampleSource)["webhook_url"].(string)
	return w, metrics.counts
}
