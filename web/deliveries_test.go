package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDeliveriesAreReadAndResent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deliver("call-delivered-2")
	offered := len(w.relay.offered())
	const bulk = "/sites/{site}/deliveries/resend"
	w.run(t, []scenario{
		{name: "list", method: "GET", path: "/sites/{site}/deliveries?state=failed", status: 200, holds: []string{`"id":"{delivery}"`, `"reason":{"code":"answered","status":400,"error_code":"E1","message":"sample message"}`, `"explanation":"answered 400 (E1): sample message"`}, lacks: []string{`"attempts"`}},
		{name: "list of a state that none has", method: "GET", path: "/sites/{site}/deliveries?state=delivered", status: 200, holds: []string{`"items":[]`, `"next_cursor":""`}},
		{name: "unknown state", method: "GET", path: "/sites/{site}/deliveries?state=psychic", status: 422, holds: []string{`"field":"state"`}, lacks: []string{"psychic"}},
		{name: "no time", method: "GET", path: "/sites/{site}/deliveries?from=psychic", status: 422, holds: []string{`"field":"from"`, "RFC 3339"}, lacks: []string{"psychic"}},
		{name: "before the day", method: "GET", path: "/sites/{site}/deliveries?to=2026-01-31T00:00:00Z", status: 200, holds: []string{`"items":[]`}},
		{name: "read", method: "GET", path: "/deliveries/{delivery}", status: 200, holds: []string{`"state":"failed"`, `"attempt_count":0`}},
		{name: "count first", method: "POST", path: bulk, body: `{"filter":{"integration_id":"{integration}"}}`, status: 200, holds: []string{`"count":2`, `"resent":0`}},
		{name: "another count", method: "POST", path: bulk, body: `{"filter":{"integration_id":"{integration}"},"expected_count":3}`, status: 409, holds: []string{`"code":"conflict"`, "count again"}},
		{name: "selected ones, of which one can be", method: "POST", path: bulk, body: `{"filter":{"delivery_ids":["{delivery}","dlv_none"]}}`, status: 200, holds: []string{`"count":1`, `"resent":0`}},
		{name: "none selected", method: "POST", path: bulk, body: `{"filter":{"delivery_ids":[]}}`, status: 422, holds: []string{`"field":"filter.delivery_ids"`}},
		{name: "states under way are never resent", method: "POST", path: bulk, body: `{"filter":{"state":"retrying"}}`, status: 422, holds: []string{`"field":"filter.state"`}},
		{name: "too many", method: "POST", path: bulk, body: `{"expected_count":10001}`, status: 422, holds: []string{`"field":"expected_count"`}},
		{name: "resend one", method: "POST", path: "/deliveries/{delivery}/resend", as: "editor", status: 202, holds: []string{`"resend_number":1`, `"resend_of":"{delivery}"`, `"state":"pending"`}},
		{name: "it says as what", method: "GET", path: "/deliveries/{delivery}", status: 200, holds: []string{`"resent_as":"dlv_`}},
		{name: "failed and not yet resent", method: "GET", path: "/sites/{site}/deliveries?state=failed&resent=false", status: 200, holds: []string{"dlv_call-delivered-2"}, lacks: []string{`"{delivery}"`}},
		{name: "failed and resent", method: "GET", path: "/sites/{site}/deliveries?state=failed&resent=true", status: 200, holds: []string{`"{delivery}"`}, lacks: []string{"dlv_call-delivered-2"}},
		{name: "neither", method: "GET", path: "/sites/{site}/deliveries?resent=psychic", status: 422, holds: []string{`"field":"resent"`}},
		{name: "not while the resend is under way", method: "POST", path: "/deliveries/{delivery}/resend", status: 409},
		{name: "the other one by the bulk", method: "POST", path: bulk, body: `{"expected_count":1}`, status: 200, holds: []string{`"count":1`, `"resent":1`}},
		{name: "audit says who", method: "GET", path: "/audit?entity=delivery", status: 200, holds: []string{`"action":"resent"`, `"actor":"{token-editor}"`, `"entity_id":"{delivery}"`}},
	})
	require.Len(t, w.relay.offered(), offered+1, "a bulk is left to the outbox")
}

func TestConversionsAreListedAndExplained(t *testing.T) {
	t.Parallel()
	newWorld(t).run(t, []scenario{
		{name: "list", method: "GET", path: "/sites/{site}/conversions", status: 200, holds: []string{`"id":"{conversion}"`, `"external_id":"call-delivered"`}},
		{name: "by id of the source", method: "GET", path: "/sites/{site}/conversions?external_id=call-1", status: 200, holds: []string{`"id":"{conversion}"`}, lacks: []string{"call-delivered"}},
		{name: "by kind", method: "GET", path: "/sites/{site}/conversions?kind=lead", status: 200, holds: []string{`"items":[]`}},
		{name: "by state", method: "GET", path: "/sites/{site}/conversions?state=waiting", status: 200, holds: []string{`"call-1"`}, lacks: []string{`"call-delivered"`}},
		{name: "by tag", method: "GET", path: "/sites/{site}/conversions?tag=sales", status: 200, holds: []string{`"items":[]`}},
		{name: "by time", method: "GET", path: "/sites/{site}/conversions?from=2026-01-31T12:00:00Z&to=2026-01-31T12:00:01Z", status: 200, holds: []string{`"call-1"`}, lacks: []string{`"call-delivered"`}},
		{
			name: "G4: what is waited for, until when", method: "GET", path: "/conversions/{conversion}", status: 200,
			holds: []string{
				`"state":"waiting","explanation":"the end of the call: a metric it asks for is known only then","until":"2026-01-31T16:00:00Z"`,
				`"workflow_url":"https://temporal.example.com/namespaces/default/workflows/call%2F{site}%2Fapi%2Fcall-1"`,
			},
		},
		{name: "not an id", method: "GET", path: "/conversions/nothing", status: 404},
	})
}

// The Temporal UI shows the workflows of all accounts, and can end them.
func TestG9_OnlyTheOperatorSeesLinksToTheTemporalUI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/conversions/{conversion}", "/sites/{site}/conversions"} {
		require.Contains(t, w.do("GET", path, adminToken, "").Body.String(), "temporal.example.com", path)
		for _, role := range []string{"admin", "editor", "viewer"} {
			answer := w.do("GET", path, w.tokens[role], "")
			require.Equal(t, 200, answer.Code, path)
			require.NotContains(t, answer.Body.String(), "temporal.example.com", path)
		}
	}
	resent := w.do("POST", "/deliveries/{delivery}/resend", w.tokens["editor"], "")
	id := decode(t, resent)["id"].(string)
	require.NotContains(t, resent.Body.String(), "temporal.example.com")
	require.Contains(t, w.do("GET", "/deliveries/"+id, adminToken, "").Body.String(), w.fill("resend%2F{delivery}%2F1"))
}

func TestG4_ACallThatWasReportedLateIsWaitedForAsLongAsItsWorkflowDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.must("POST", "/sites/{site}/calls/call-old/events", `{"type":"started","at":"2026-01-30T12:00:00Z"}`)["conversion_id"].(string)
	found, err := w.store.Case(t.Context(), id)
	require.NoError(t, err)
	until := found.Conversion.CloseAt(found.Site)
	require.True(t, until.After(start), "the deadline is still to come")
	require.Contains(t, w.do("GET", "/conversions/"+id, adminToken, "").Body.String(), `"until":"`+until.Format(time.RFC3339)+`"`)
}

func TestG4_FailedDeliveryShowsItsReasonAndThatItCanBeResent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := decode(t, w.do("GET", "/deliveries/{delivery}", adminToken, ""))["conversion_id"].(string)
	detail := w.do("GET", "/conversions/"+id, adminToken, "").Body.String()
	require.Contains(t, detail, `"state":"failed","explanation":"answered 400 (E1): sample message; it can be resent"`)
	require.Contains(t, detail, `"verdict":"send"`)
}
