package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
)

// The messages of a provider that nobody knows are kept from the first one on, and count
// once their mapping is written.
func TestM9_AMappedSourceIsSetUpFromTheMessagesThatCame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const secret = "sample-secret-of-acme"
	address := w.must("PUT", "/sites/{site}/sources/mapped-acme", `{"credentials":{"secrets":"`+secret+`"}}`)["webhook_url"].(string)
	send := func(secret, body string) string {
		path := "//root" + strings.TrimPrefix(address, "https://ringback.example.com") + "?secret=" + secret
		answer := w.serve(w.request(http.MethodPost, path, "", body))
		if answer.Code != http.StatusOK {
			return answer.Result().Status
		}
		return answer.Body.String()
	}
	started := `{"event":"call.started","call":{"uuid":"acme-7","started":"31/01/2026 09:15:00","from":"+12025550177"}}`
	require.Contains(t, send("a-stranger-without-it", started), "401")
	require.JSONEq(t, `{"accepted":0,"unread":{"code":"not_mapped"}}`, send(secret, started))

	mapping, err := json.Marshal(`{"fields":{
		"kind":{"from":["$.event"],"values":{"call.started":"start","call.finished":"end","*":"ignore"}},
		"id":{"from":["$.call.uuid"]},
		"started_at":{"from":["$.call.started"],"format":"DD/MM/YYYY HH:mm:ss","zone":"America/Sao_Paulo"},
		"caller":{"from":["$.call.from"]},
		"outcome":{"from":["$.call.status"],"values":{"NO ANSWER":"missed","OK":"answered"}},
		"talk_seconds":{"from":["$.call.talk_ms"],"unit":"milliseconds"}}}`)
	require.NoError(t, err)
	wrong := w.do("PUT", "/sites/{site}/sources/mapped-acme", adminToken, `{"options":{"mapping":"{\"fields\":{\"id\":{\"from\":[\"$..uuid\"]}}}"}}`)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.Code)
	require.Contains(t, wrong.Body.String(), "mapping")
	w.must("PUT", "/sites/{site}/sources/mapped-acme", `{"options":{"mapping":`+string(mapping)+`}}`)

	read := w.must("POST", "/sites/{site}/unread-messages/read", `{"source":"mapped-acme"}`)
	require.EqualValues(t, 1, read["read"], read)
	require.Contains(t, send(secret, `{"event":"call.finished","call":{"uuid":"acme-7","started":"31/01/2026 09:15:00","status":"OK","talk_ms":"95000"}}`), `"accepted":2`, "the start and the end")
	require.Contains(t, send(secret, `{"event":"agent.paused"}`), `"accepted":0`)

	list := w.do("GET", "/sites/{site}/conversions?external_id=acme-7", adminToken, "").Body.String()
	require.Contains(t, list, `"at":"2026-01-31T12:15:00Z"`)
	require.Contains(t, list, `"talk_seconds":95`)
	require.Contains(t, list, `"phone":"+12025550177"`)
}

const acmeMapping = `{"fields":{
	"kind":{"from":["$.event"],"values":{"call.finished":"end","*":"ignore"}},
	"id":{"from":["$.call.uuid"]},
	"started_at":{"from":["$.call.started"],"format":"DD/MM/YYYY HH:mm:ss","zone":"America/Sao_Paulo"},
	"caller":{"from":["$.call.from"]},
	"outcome":{"from":["$.call.status"],"values":{"NO ANSWER":"missed"}}}}`

// acme is a source of which nobody knows the messages.
func (w *world) acme() (send func(method, query, body string) string) {
	w.t.Helper()
	const secret = "sample-secret-of-acme"
	address := w.must("PUT", "/sites/{site}/sources/mapped-acme", `{"credentials":{"secrets":"`+secret+`"}}`)["webhook_url"].(string)
	return func(method, query, body string) string {
		path := "//root" + strings.TrimPrefix(address, "https://ringback.example.com") + "?secret=" + secret + query
		answer := w.serve(w.request(method, path, "", body))
		require.Equal(w.t, http.StatusOK, answer.Code, answer.Body)
		return answer.Body.String()
	}
}

func asOption(t *testing.T, mapping string) string {
	t.Helper()
	text, err := json.Marshal(mapping)
	require.NoError(t, err)
	return `{"options":{"mapping":` + string(text) + `}`
}

func TestM9_AMappingIsPreviewedWithTheLastMessageBeforeItCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	send := w.acme()
	require.Equal(t, http.StatusConflict, w.do("POST", "/sites/{site}/sources/mapped-acme/preview", adminToken, asOption(t, acmeMapping)+"}").Code, "no message came")
	finished := `{"event":"call.finished","call":{"uuid":"acme-8","started":"31/01/2026 09:15:00","from":"x77","status":"NO ANSWER"}}`
	send("POST", "&line=2", finished)

	w.run(t, []scenario{
		{name: "the last message", method: "GET", path: "/sites/{site}/sources/mapped-acme/messages", as: "viewer", status: 200,
			holds: []string{`"query":"line=2"`, `acme-8`, `"messages":1`, `"refused":0`}, lacks: []string{"sample-secret"}},
		{name: "of a source that is not set up", method: "GET", path: "/sites/{site}/sources/mapped-other/messages", as: "viewer", status: 404},
		{name: "what it would become", method: "POST", path: "/sites/{site}/sources/mapped-acme/preview", as: "editor", body: asOption(t, acmeMapping) + "}", status: 200,
			holds: []string{`"external_id":"acme-8"`, `"type":"ended"`, `"outcome":"missed"`, `"at":"2026-01-31T12:15:00Z"`, `{"path":"$.call.status","value":"NO ANSWER"}`,
				`"field":"caller","path":"$.call.from","value":"x77","reason":{"code":"number_unreadable"`, "has no phone number that can be read"}},
		{name: "which field is missing", method: "POST", path: "/sites/{site}/sources/mapped-acme/preview?language=ru", as: "editor",
			body: asOption(t, strings.Replace(acmeMapping, "$.call.uuid", "$.call.id", 1)) + "}", status: 200,
			holds: []string{`"reports":[]`, `"reason":{"code":"field_missing","field":"$.call.id"}`, "отсутствует"}},
		{name: "of a message that is given", method: "POST", path: "/sites/{site}/sources/mapped-acme/preview", as: "editor",
			body: asOption(t, acmeMapping) + `,"message":{"method":"GET","query":"event=call.paused"}}`, status: 200, holds: []string{`"left_out":"not_a_report"`, `"reports":[]`}},
		{name: "a mapping that cannot be set", method: "POST", path: "/sites/{site}/sources/mapped-acme/preview", as: "editor",
			body: asOption(t, `{"fields":{"id":{"from":["$.x"]}}}`) + "}", status: 422, holds: []string{"options.mapping.fields.kind"}},
		{name: "of a source without a mapping", method: "POST", path: "/sites/{site}/sources/callrail/preview", as: "editor", body: `{}`, status: 409},
		{name: "nothing is stored", method: "GET", path: "/sites/{site}/conversions?external_id=acme-8", status: 200, holds: []string{`"items":[]`}},
		{name: "nor set", method: "GET", path: "/sites/{site}/sources/mapped-acme", status: 200, lacks: []string{"uuid"}},
	})
	unreadID := decode(t, w.do("GET", "/sites/{site}/unread-messages?source=mapped-acme", adminToken, ""))["items"].([]any)[0].(object)["id"].(string)
	byID := w.do("POST", "/sites/{site}/sources/mapped-acme/preview", adminToken, asOption(t, acmeMapping)+`,"message_id":"`+unreadID+`"}`)
	require.Contains(t, byID.Body.String(), `"external_id":"acme-8"`)
}

// A message that is a query alone is kept with its query, whether it can be read or not.
func TestM9_AMessageInAQueryIsKeptWithIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	send := w.acme()
	send("GET", "&event=call.finished&token=part-of-the-message&from=%2B12025550177", "")
	w.run(t, []scenario{
		{name: "unread", method: "GET", path: "/sites/{site}/unread-messages?source=mapped-acme", status: 200,
			holds: []string{`"query":"event=call.finished&from=%2B12025550177&token=part-of-the-message"`}, lacks: []string{"sample-secret"}},
	})
	w.must("PUT", "/sites/{site}/sources/mapped-acme", asOption(t, `{"fields":{"kind":{"constant":"end"},"id":{"from":["$.from"]}}}`)+"}")
	require.EqualValues(t, 1, w.must("POST", "/sites/{site}/unread-messages/read", `{"source":"mapped-acme"}`)["read"])
	conversions := decode(t, w.do("GET", "/sites/{site}/conversions?limit=1", adminToken, ""))["items"].([]any)
	require.Len(t, conversions, 1)
	bodies := modeltest.Bodies(t, w.dsn, conversions[0].(object)["id"].(string))
	require.NotEmpty(t, bodies)
	for _, body := range bodies {
		require.Equal(t, "event=call.finished&from=%2B12025550177&token=part-of-the-message", body)
	}
}
