package web_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/sources"
	"ringback/web"
)

// addUnread sends a message of CallRail that cannot be read.
func (w *world) addUnread() {
	w.t.Helper()
	require.Equal(w.t, http.StatusOK, w.callrail("post_call", `{"resource_id":"CAL01sample","start_time":"yesterday"}`).Code)
	w.names["unread-message"] = decode(w.t, w.do("GET", "/sites/{site}/unread-messages", adminToken, ""))["items"].([]any)[0].(object)["id"].(string)
}

// callrail sends a message as CallRail does.
func (w *world) callrail(event, body string) *httptest.ResponseRecorder {
	r := w.request(http.MethodPost, "//root"+strings.TrimPrefix(w.names["hook"], "https://ringback.example.com")+"?event="+event, "", body)
	mac := hmac.New(sha1.New, []byte(sampleSigningKey))
	mac.Write([]byte(body))
	r.Header.Set("Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return w.serve(r)
}

// A call whose message was refused is lost: CallRail does not send it again.
func TestM9_AMessageThatCannotBeReadIsKeptUntilItCan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const noID = `{"start_time":"2026-01-31T12:00:00Z","duration":"12","customer_phone_number":"+12025550177"}`
	for range 3 { // the provider repeats it
		answer := w.callrail("post_call", noID)
		require.Equal(t, http.StatusOK, answer.Code, answer.Body)
		require.JSONEq(t, `{"accepted":0,"unread":{"code":"field_missing","field":"resource_id"}}`, answer.Body.String())
	}
	w.run(t, []scenario{
		{name: "listed once, without its content", method: "GET", path: "/sites/{site}/unread-messages?code=field_missing&language=ru", as: "viewer", status: 200,
			holds: []string{`"code":"field_missing"`, `"field":"resource_id"`, `"query":"event=post_call"`, "поле resource_id отсутствует"}, lacks: []string{"+12025550177", `"body"`}},
		{name: "of another source", method: "GET", path: "/sites/{site}/unread-messages?source=api", as: "viewer", status: 200, holds: []string{`"items":[]`}},
		{name: "before it came", method: "GET", path: "/sites/{site}/unread-messages?to=2026-01-31T12:16:00Z", as: "viewer", status: 200, holds: []string{`"items":[]`}},
		{name: "as it came", method: "GET", path: "/sites/{site}/unread-messages/{unread-message}", as: "viewer", status: 200, holds: []string{`yesterday`, `"field":"start_time"`}},
		{name: "read again, as wrong as before", method: "POST", path: "/sites/{site}/unread-messages/{unread-message}/read", as: "editor", status: 200,
			holds: []string{`"read":false`, `"code":"time_unreadable"`, "has no time that can be read"}},
		{name: "many", method: "POST", path: "/sites/{site}/unread-messages/read", as: "editor", body: `{"source":"callrail"}`, status: 200, holds: []string{`"read":0,"still_unread":2`}},
		{name: "deleted", method: "DELETE", path: "/sites/{site}/unread-messages/{unread-message}", as: "editor", status: 204},
		{name: "gone", method: "GET", path: "/sites/{site}/unread-messages/{unread-message}", as: "viewer", status: 404},
		{name: "in the audit trail", method: "GET", path: "/audit?entity=unread_message", status: 200, holds: []string{"{unread-message}", `"deleted"`}},
	})
	require.Contains(t, w.log.String(), `"msg":"hook.unread"`)
	require.NotContains(t, w.log.String(), "2025550177")
}

// mended is a source that could not read a message in an earlier version.
type mended struct{ pigeon }

func (mended) Parse(r sources.Request, _ sources.Settings) (sources.Reading, error) {
	return pigeon{}.Parse(sources.Request{Body: []byte("call and lead"), ReceivedAt: r.ReceivedAt}, sources.Settings{})
}

func TestM9_MendedMessagesAreReadWithTheTimeAtWhichTheyCame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	metrics := newTally()
	as := func(source sources.Source) {
		w.as(func(o *web.Options) { o.Sources, o.Metrics = sources.NewRegistry(source), metrics })
	}
	as(pigeon{})
	address := strings.TrimPrefix(w.must("PUT", "/sites/{site}/sources/pigeon", `{}`)["webhook_url"].(string), "https://ringback.example.com")
	send := func(query string) {
		r := w.request(http.MethodPost, "//root"+address+query, "", "no time")
		r.Header.Set("X-Signature", "good")
		require.Equal(t, http.StatusOK, w.serve(r).Code)
	}
	send("?event=end&secret=psychic&api_key=psychic&sessionId=7")
	send("?event=other")
	require.Equal(t, 2, metrics.counts["received pigeon unread"])
	listed := w.do("GET", "/sites/{site}/unread-messages?source=pigeon", adminToken, "").Body.String()
	require.Contains(t, listed, `"query":"event=end&sessionId=7"`, "secrets in an address are not stored")
	require.NotContains(t, listed, "psychic")

	w.clock.Advance(48 * time.Hour)
	as(mended{})
	w.run(t, []scenario{
		{name: "all that match", method: "POST", path: "/sites/{site}/unread-messages/read", body: `{"source":"pigeon","code":"time_unreadable"}`, status: 200, holds: []string{`{"read":2,"still_unread":0}`}},
		{name: "none is left", method: "GET", path: "/sites/{site}/unread-messages?source=pigeon", status: 200, holds: []string{`"items":[]`}},
		{name: "the call is of the time of the message", method: "GET", path: "/sites/{site}/conversions?external_id=call-7", status: 200, holds: []string{`"at":"2026-01-31T12:17:00Z"`}},
		{name: "and so is the lead", method: "GET", path: "/sites/{site}/conversions?external_id=pigeon:lead-7", status: 200, holds: []string{`"at":"2026-01-31T12:17:00Z"`}},
	})
}

func TestM9_ZeroBytesAndTimesWithoutAZoneDoNotLoseACall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer := w.callrail("post_call", `{"resource_id":"CAL02sample","start_time":"2026-01-31T12:00:00","duration":"12","answered":true,"customer_name":"Sam\u0000ple"}`)
	require.Equal(t, http.StatusOK, answer.Code)
	require.JSONEq(t, `{"accepted":2}`, answer.Body.String())
	require.Contains(t, w.do("GET", "/sites/{site}/conversions?external_id=CAL02sample", adminToken, "").Body.String(), "Sample")
}

func TestM9_LongMessagesAreNotLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := func(size int) string {
		return `{"resource_id":"CAL03sample","start_time":"2026-01-31T12:00:00Z","duration":"12","answered":true,"transcription":"` + strings.Repeat("x", size) + `"}`
	}
	require.JSONEq(t, `{"accepted":2}`, w.callrail("post_call", long(2<<20)).Body.String())
	require.Equal(t, http.StatusRequestEntityTooLarge, w.callrail("post_call", long(8<<20)).Code, "a signature is of the whole message")

	w.as(func(o *web.Options) { o.Sources = sources.NewRegistry(pigeon{}) })
	address := strings.TrimPrefix(w.must("PUT", "/sites/{site}/sources/pigeon", `{}`)["webhook_url"].(string), "https://ringback.example.com")
	r := w.request(http.MethodPost, "//root"+address, "", long(8<<20))
	r.Header.Set("X-Signature", "good")
	require.Equal(t, http.StatusOK, w.serve(r).Code)
	w.names["unread-message"] = decode(t, w.do("GET", "/sites/{site}/unread-messages", adminToken, ""))["items"].([]any)[0].(object)["id"].(string)
	w.run(t, []scenario{
		{name: "its beginning is kept", method: "GET", path: "/sites/{site}/unread-messages/{unread-message}", status: 200, holds: []string{"CAL03sample", "larger than 8 MB"}},
		{name: "and is never read as the whole", method: "POST", path: "/sites/{site}/unread-messages/{unread-message}/read", status: 200, holds: []string{`"read":false`, `"code":"too_large"`}},
	})
}
