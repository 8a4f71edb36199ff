package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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
	require.Contains(t, send(secret, `{"event":"call.finished","call":{"uuid":"acme-7","started":"31/01/2026 09:15:00","status":"OK","talk_ms":"95000"}}`), `"accepted":2`, "the answer and the end")
	require.Contains(t, send(secret, `{"event":"agent.paused"}`), `"accepted":0`)

	list := w.do("GET", "/sites/{site}/conversions?external_id=acme-7", adminToken, "").Body.String()
	require.Contains(t, list, `"at":"2026-01-31T12:15:00Z"`)
	require.Contains(t, list, `"talk_seconds":95`)
	require.Contains(t, list, `"phone":"+12025550177"`)
}
