package main

import (
	"context"
	"fmt"
	"os"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"
)

// save waits for the end of a run and writes its history as JSON.
func save(ctx context.Context, c client.Client, run client.WorkflowRun, file string) error {
	_ = run.Get(ctx, nil) // a run that was cancelled is a history too
	var history historypb.History
	events := c.GetWorkflowHistory(ctx, run.GetID(), run.GetRunID(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return fmt.Errorf("reading the history: %w", err)
		}
		history.Events = append(history.Events, event)
	}
	text, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&history)
	if err != nil {
		return fmt.Errorf("writing the history as JSON: %w", err)
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
