package e2e_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/proto"

	"ringback/test/e2e/harness"
)

// TestG7_LiveHistoriesHoldNoPersonalData runs a call, a lead, a failing delivery and a
// resend with distinctive values. It searches for them in everything that Temporal has
// stored and in the service's log. The names of the site and the integration are what
// operators read in Temporal. The log has their ids alone.
func TestG7_LiveHistoriesHoldNoPersonalData(t *testing.T) {
	t.Parallel()
	s := harness.NewStack(t, harness.StackOptions{})
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(harness.JSON{"name": "named-site"})
	api.RTBHouse(site, d.URL+"/404", harness.JSON{
		"name": "named-integration", "credentials": harness.JSON{"pkey": "planted-pkey", "tagging_hash": "plantedhash012345678"},
		"calls": harness.JSON{"metrics": []string{"target"}, "tags": harness.JSON{"any": []string{"planted-tag"}}},
	})
	start := time.Now().Add(-2 * time.Minute).UTC()
	events := "/api/v1/sites/" + site + "/calls/call-1/events"
	call := api.Must("POST", events, harness.JSON{
		"event_id": "e1", "type": "started", "at": start.Format(time.RFC3339), "caller": "+12025550177",
		"tracking_number": "+12025550188", "session_id": "planted-session", "visitor_ids": harness.JSON{"rtbhouse": "planted-cookie"},
		"traffic": harness.JSON{"source": "planted-source", "landing_page": "https://shop.example.com/planted-page"},
	})["conversion_id"].(string)
	api.Must("POST", events, harness.JSON{"event_id": "e2", "type": "tagged", "at": start.Format(time.RFC3339), "tags": []string{"planted-tag"}})
	api.Must("POST", events, harness.JSON{"event_id": "e3", "type": "ended", "at": start.Add(time.Minute).Format(time.RFC3339), "outcome": "answered", "talk_seconds": 50})
	lead := api.Must("POST", "/api/v1/sites/"+site+"/leads", harness.JSON{
		"external_id": "lead-1", "name": "Planted Person", "email": "planted@example.com", "phone": "+12025550166", "form": "planted-form",
		"visitor_ids": harness.JSON{"rtbhouse": "planted-cookie"}, "fields": harness.JSON{"message": "planted-message"},
	})["conversion_id"].(string)
	detail := api.WaitConversion(call, time.Minute, harness.Done)
	api.WaitConversion(lead, time.Minute, harness.Done)
	delivery := detail["deliveries"].([]any)[0].(harness.JSON)["id"].(string)
	api.Must("POST", "/api/v1/deliveries/"+delivery+"/resend", nil)
	d.WaitHits(t, "404", 3, time.Minute)

	planted := []string{"lanted", "12025550177", "12025550188", "12025550166"}
	kept := everythingTemporalKeeps(t, s.TemporalAddress(), 3)
	require.True(t, bytes.Contains(kept, []byte(call)), "the scan sees what is there")
	for _, name := range []string{"named-site", "named-integration"} {
		require.True(t, bytes.Contains(kept, []byte(name)), "operators find %q", name)
		require.NotContains(t, s.Service.Log(), name)
	}
	for _, value := range planted {
		require.False(t, bytes.Contains(kept, []byte(value)), "Temporal keeps %q", value)
		require.NotContains(t, s.Service.Log(), value)
	}
}

// everythingTemporalKeeps returns the bytes of every execution's description and
// history, once there are this many executions and all have ended.
func everythingTemporalKeeps(t *testing.T, address string, executions int) []byte {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: address})
	require.NoError(t, err)
	defer c.Close()
	ctx := t.Context()
	var list *workflowservice.ListWorkflowExecutionsResponse
	require.Eventually(t, func() bool {
		list, err = c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: "ExecutionStatus = 'Completed'"})
		return err == nil && len(list.Executions) >= executions
	}, time.Minute, 50*time.Millisecond)
	var kept bytes.Buffer
	keep := func(m proto.Message) {
		raw, err := proto.Marshal(m)
		require.NoError(t, err)
		kept.Write(raw)
	}
	for _, execution := range list.Executions {
		id, run := execution.Execution.WorkflowId, execution.Execution.RunId
		described, err := c.DescribeWorkflowExecution(ctx, id, run)
		require.NoError(t, err)
		keep(described)
		history := c.GetWorkflowHistory(ctx, id, run, false, 0)
		for history.HasNext() {
			event, err := history.Next()
			require.NoError(t, err)
			keep(event)
		}
	}
	return kept.Bytes()
}
