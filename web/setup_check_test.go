package web_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/outbound"
	"ringback/test/salesforcefake"
	"ringback/web"
)

func TestM2_SetupCheckShowsEachConditionWithItsRemedy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := outbound.New(outbound.Options{AllowPrivate: true})
	t.Cleanup(client.Close)
	o := options(w.store, w.clock, w.relay, client, w.log)
	var err error
	w.handler, err = web.New(o)
	require.NoError(t, err)
	org := salesforcefake.New(false)
	server := httptest.NewServer(org)
	t.Cleanup(server.Close)
	w.names["salesforce"] = w.must("POST", "/sites/{site}/integrations", `{"type":"salesforce","name":"Salesforce","options":{"my_domain":"`+server.URL+`"},
		"credentials":{"client_id":"`+salesforcefake.ClientID+`","client_secret":"`+salesforcefake.ClientSecret+`"},"calls":{"metrics":["all"]}}`)["id"].(string)
	const path = "/sites/{site}/integrations/{salesforce}"

	found := w.must("POST", path+"/check", "")
	require.Equal(t, false, found["works"])
	var unmet []string
	for _, f := range found["findings"].([]any) {
		if finding := f.(object); finding["met"] == false {
			unmet = append(unmet, finding["explanation"].(string))
		}
	}
	require.Len(t, unmet, 2)
	require.Contains(t, unmet[0], "install version 6.7 or later of the Marketo Measure package")

	tested := w.must("POST", path+"/test", `{}`)
	require.Equal(t, "delivered", tested["class"])
	require.Contains(t, tested["explanation"], "created as a test and deleted again")
	require.Equal(t, 1, org.Logins(), "the token of the check is kept for the test")

	w.run(t, []scenario{
		{name: "a type without a check", method: "POST", path: "/sites/{site}/integrations/{integration}/check", as: "editor", status: 409, holds: []string{"send a test event instead"}},
		{name: "secrets stay inside", method: "POST", path: path + "/check", as: "editor", status: 200, lacks: []string{salesforcefake.ClientSecret, "access-token"}},
	})
}
