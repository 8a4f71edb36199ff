package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/sources"
	"ringback/web"
)

func TestEventsNameWhoReportedThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookies := w.signInAs(adminEmail, samplePassword)
	w.as(func(o *web.Options) { o.Sources = sources.NewRegistry(pigeon{}) })
	hook := strings.TrimPrefix(w.must("PUT", "/sites/{site}/sources/pigeon", `{}`)["webhook_url"].(string), "https://ringback.example.com")
	signed := w.request(http.MethodPost, "//root"+hook, "", "call and lead")
	signed.Header.Set("X-Signature", "good")
	require.Equal(t, 200, w.serve(signed).Code)
	require.Less(t, w.page().post("leads", lead("1", "visitor-0123456789", "")).Code, 300)
	require.Less(t, w.do("POST", "/sites/{site}/leads", w.tokens["intake"], `{"external_id":"by-token","email":"visitor@example.com"}`).Code, 300)
	require.Less(t, w.byBrowser(cookies, "POST", "/sites/{site}/leads", `{"external_id":"by-user","email":"visitor@example.com"}`).Code, 300)
	w.must("POST", "/sites/{site}/calls/by-operator/events", sampleEvent)

	require.Len(t, w.must("GET", "/sites/{site}/conversions?reported_by={token-intake}", "")["items"], 1, "what the token reported")
	require.Empty(t, w.must("GET", "/sites/{site}/conversions?reported_by={token-admin}", "")["items"])
	require.Empty(t, w.must("GET", "/sites/{site}/conversions?reported_by={user}", "")["items"], "a user is no token")
	for id, want := range map[string]object{
		"call-7":                   {"kind": "webhook", "id": "pigeon", "name": "Pigeon Post", "explanation": "the webhook of Pigeon Post"},
		"pigeon:lead-7":            {"kind": "webhook", "id": "pigeon", "name": "Pigeon Post", "explanation": "the webhook of Pigeon Post"},
		"script:lead-0123456789-1": {"kind": "script", "explanation": "the script on the pages"},
		"by-token":                 {"kind": "token", "id": w.names["token-intake"], "name": "test", "explanation": "the token test"},
		"by-user":                  {"kind": "user", "id": w.names["user"], "name": "Sample Admin", "explanation": "Sample Admin"},
		"by-operator":              {"kind": "operator", "explanation": "the operator"},
	} {
		found := w.must("GET", "/sites/{site}/conversions?external_id="+id, "")["items"].([]any)
		require.Len(t, found, 1, id)
		conversionID := found[0].(object)["id"].(string)
		event := w.must("GET", "/conversions/"+conversionID, "")["events"].([]any)[0].(object)
		require.Equal(t, want, event["reported_by"], id)
		require.Contains(t, w.browse("/conversions/"+conversionID, adminToken).Body.String(), ">"+want["explanation"].(string)+"</span>", id)
	}
}
