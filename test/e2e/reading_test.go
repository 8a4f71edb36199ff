package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
	"ringback/test/salesforcefake"
)

// TestG3_KilledReaderGoesOnWhereItWas kills the service while it reads contacts from
// Salesforce. After the next start it reads what is left, and each contact is there once.
func TestG3_KilledReaderGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	const contacts = 2*salesforcefake.PageSize + 1
	org, address := newOrg(t)
	org.Latency = 30 * time.Millisecond // so that a page is being read at the kill
	for n := range contacts {
		org.Add("Contact", salesforcefake.Record{"LastName": "Sample", "Email": fmt.Sprintf("contact%d@example.com", n)})
	}
	s := harness.NewStack(t, harness.StackOptions{})
	api := s.API()
	site := api.Site(nil)
	integration := api.Salesforce(site, address, harness.JSON{"read": "yes", "currency": "USD"})
	deadline := time.After(time.Minute)
	for pages := 0; pages < 3; { // of leads, and two of contacts: the first of these is stored
		changed := org.Changed()
		if pages = org.Count(http.MethodGet, "/query"); pages >= 3 {
			break
		}
		select {
		case <-changed:
		case <-deadline:
			require.Fail(t, "nothing is read", s.Service.Log())
		}
	}
	s.Service.Kill()
	s.LaunchService()
	s.Service.WaitReady(time.Minute)

	reading := "/api/v1/sites/" + site + "/integrations/" + integration + "/reading"
	var seen harness.JSON
	api.WaitFor("Salesforce is read", time.Minute, func() bool {
		seen = api.Must(http.MethodGet, reading, nil)
		return seen["state"] == "up_to_date"
	}, func() string { return fmt.Sprint(seen) })
	people := map[string]bool{}
	for cursor, more := "", true; more; more = cursor != "" {
		page := api.Must(http.MethodGet, "/api/v1/sites/"+site+"/people?limit=200&cursor="+cursor, nil)
		for _, item := range page["items"].([]any) {
			people[item.(harness.JSON)["external_id"].(string)] = true
		}
		cursor = page["next_cursor"].(string)
	}
	require.Len(t, people, contacts)
	for _, item := range seen["objects"].([]any) {
		if object := item.(harness.JSON); object["object"] == "Contact" {
			require.InDelta(t, contacts, object["changes"], 0, "each was stored once")
			require.Less(t, object["records"], float64(contacts+salesforcefake.PageSize), "what was stored is not read again")
		}
	}
}
