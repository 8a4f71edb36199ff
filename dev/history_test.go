package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// calls are the histories of all calls as the Temporal UI tells them, by
// workflow id: the activities in their order. None of them has a failed task.
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

// activityOf returns the activity of an event: a local one that ended, or another
// that was scheduled. It is empty for other events.
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
