package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// calls returns the activities of each call's workflow in their order, by workflow
// id, as the Temporal UI shows them. It fails if a workflow task failed. It leaves out
// the calls of providers, whose messages hold several events at once.
func (i instance) calls(t *testing.T) map[string][]string {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{HostPort: i.ready.Temporal})
	require.NoError(t, err)
	defer c.Close()
	list, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: "WorkflowType = 'call'"})
	require.NoError(t, err)
	stories := map[string][]string{}
	for _, run := range list.GetExecutions() {
		var story []string
		id := run.GetExecution().GetWorkflowId()
		if !strings.Contains(id, "/"+apiSource+"/") {
			continue
		}
		events := c.GetWorkflowHistory(t.Context(), id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			require.NoError(t, err)
			require.NotEqual(t, enums.EVENT_TYPE_WORKFLOW_TASK_FAILED, event.GetEventType(), "%s: %v", id, event)
			if name := activityOf(t, event); name != "" {
				story = append(story, name)
			}
		}
		stories[id] = story
	}
	return stories
}

// activityOf returns the name of the local activity that ended with the event, or of
// the activity that it scheduled. It is empty if the event is of another kind.
func activityOf(t *testing.T, event *history.HistoryEvent) string {
	t.Helper()
	if scheduled := event.GetActivityTaskScheduledEventAttributes(); scheduled != nil {
		return scheduled.GetActivityType().GetName()
	}
	marker := event.GetMarkerRecordedEventAttributes()
	if marker.GetMarkerName() != "LocalActivity" {
		return ""
	}
	var local struct{ ActivityType string }
	require.NoError(t, json.Unmarshal(marker.GetDetails()["data"].GetPayloads()[0].GetData(), &local))
	return local.ActivityType
}
