package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/crm"
	"ringback/internal/delivery"
	"ringback/models/readings"
)

func TestOwnersSeeHowTheirCRMIsReadAndWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.must("POST", "/sites/{site}/integrations", `{"type":"salesforce","name":"Salesforce",
		"options":{"my_domain":"https://example.my.salesforce.com","read":"yes"},"credentials":{"client_id":"a","client_secret":"b"}}`)
	id := created["id"].(string)
	w.names["salesforce"] = id
	const path = "/sites/{site}/integrations/{salesforce}/reading"
	require.Equal(t, "waiting", w.must("GET", path, "")["state"], "it begins by itself")

	w.clock.Advance(time.Minute)
	run, err := w.store.BeginRun(t.Context(), w.names["site"], id, "key", []string{"Task"}, time.Minute)
	require.NoError(t, err)
	task := &run.Objects[0]
	_, err = w.store.StorePage(t.Context(), &run, task, readings.Page{Page: crm.Page{Rows: 3, Last: crm.Position{At: w.clock.Now(), ID: "00T1"}}}, time.Minute)
	require.NoError(t, err)
	refused := delivery.Reason{Code: "salesforce.sign_in", Status: 400, ErrorCode: "invalid_grant"}
	require.NoError(t, w.store.EndObject(t.Context(), &run, task, w.clock.Now(), refused))
	require.NoError(t, w.store.EndRun(t.Context(), &run, readings.Outcome{State: readings.SignIn, Reason: refused, Next: w.clock.Now().Add(time.Hour)}))

	for language, remedy := range map[string]string{"en": "sign in again", "ru": "войдите", "pt-BR": "entre novamente"} {
		seen := w.must("GET", path+"?language="+language, "")
		require.Equal(t, "needs_sign_in", seen["state"])
		require.Contains(t, seen["explanation"], remedy)
		require.NotContains(t, seen, "last_read_at")
		object := items(seen["objects"])[0].(object)
		require.Equal(t, "Task", object["object"])
		require.InDelta(t, 3, object["records"], 0)
		require.NotEmpty(t, object["read_until"])
		require.Contains(t, object["explanation"], remedy)
	}
	w.run(t, []scenario{
		{name: "read now", method: "POST", path: path, as: "editor", status: 202},
		{name: "no CRM", method: "POST", path: "/sites/{site}/integrations/{integration}/reading", as: "editor", status: 409, holds: []string{"reads no CRM"}},
		{name: "no CRM is off", method: "GET", path: "/sites/{site}/integrations/{integration}/reading", as: "viewer", status: 200, holds: []string{`"state":"off"`}},
	})
	require.Equal(t, w.clock.Now().UTC().Format(time.RFC3339), w.must("GET", path, "")["requested_at"])
	w.must("PATCH", "/sites/{site}/integrations/{salesforce}", `{"options":{"read":"no"}}`)
	w.run(t, []scenario{{name: "switched off", method: "POST", path: path, as: "editor", status: 409}})
}
