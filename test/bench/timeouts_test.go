package bench_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// BenchmarkTimeouts counts the workflow tasks of leads that time out: while nothing is disturbed,
// while the service is stopped and started, and while it is killed. A task that has timed out
// is done again after up to ten seconds. Goal: none while nothing is disturbed.
func BenchmarkTimeouts(b *testing.B) {
	for _, l := range layouts[1:] {
		b.Run(l.name, func(b *testing.B) {
			s := l.start(b)
			e := newEngine(b, s.TemporalAddress())
			s.deliver(b, "warm", 50)
			for round := range b.N {
				for _, c := range []struct {
					name string
					do   func(name string) (leads int)
				}{
					{"16 at a time", func(name string) int { s.deliver(b, name, 1500); return 1500 }},
					{"20 a second", func(name string) int { return len(s.latencies(b, s.leads, name, 20, 20*time.Second)) }},
					{"stopped and started", func(name string) int { return s.disturbed(b, name, func() { _ = s.Service.Stop(time.Minute) }) }},
					{"killed and started", func(name string) int { return s.disturbed(b, name, func() { s.Service.Kill() }) }},
				} {
					began := time.Now()
					leads := c.do(fmt.Sprintf("%s-%d", strings.ReplaceAll(c.name, " ", "-"), round))
					s.api.WaitFor("all to end", time.Minute, func() bool { return e.count(b, began, "ExecutionStatus = 'Running'") == 0 }, s.Service.Log)
					tell(b, row{fmt.Sprintf("workflow tasks that time out of %d leads, %s, %s", leads, c.name, l.name), e.timedOut(b, began), "", "", "0 unless disturbed"})
				}
			}
		})
	}
}

// disturbed accepts leads, ends the service while it works on them, and starts it again. It
// returns how many there were.
func (s stack) disturbed(b *testing.B, name string, end func()) int {
	b.Helper()
	const leads = 400
	before := len(s.dest.Hits("ok"))
	inParallel(leads, 16, func(i int) { s.accept(b, s.leads, fmt.Sprintf("%s-%d", name, i)) })
	end()
	s.StartService()
	s.dest.WaitHits(b, "ok", before+leads, 2*time.Minute)
	return leads
}

// count returns how many leads since a time fit a condition.
func (e *engine) count(b *testing.B, since time.Time, condition string) int64 {
	b.Helper()
	found, err := e.client.CountWorkflow(b.Context(), &workflowservice.CountWorkflowExecutionsRequest{
		Query: fmt.Sprintf("WorkflowType = 'lead' AND StartTime >= '%s' AND %s", since.UTC().Format(time.RFC3339Nano), condition),
	})
	if err != nil {
		b.Fatal(err)
	}
	return found.GetCount()
}

// timedOut returns how many workflow tasks of leads since a time have timed out, by the kind
// of queue that they were in and what took too long.
func (e *engine) timedOut(b *testing.B, since time.Time) string {
	b.Helper()
	counts := map[string]int{}
	var next []byte
	for more := true; more; more = len(next) > 0 {
		page, err := e.client.ListWorkflow(b.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Query: fmt.Sprintf("WorkflowType = 'lead' AND StartTime >= '%s'", since.UTC().Format(time.RFC3339Nano)), NextPageToken: next,
		})
		if err != nil {
			b.Fatal(err)
		}
		for _, found := range page.GetExecutions() {
			e.noteTimeouts(b, found.GetExecution().GetWorkflowId(), counts)
		}
		next = page.GetNextPageToken()
	}
	if len(counts) == 0 {
		return "0"
	}
	var all []string
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%d %s", counts[what], what))
	}
	return strings.Join(all, ", ")
}

// noteTimeouts counts the workflow tasks of a workflow that have timed out, and logs the
// history if there are any.
func (e *engine) noteTimeouts(b *testing.B, workflowID string, counts map[string]int) {
	b.Helper()
	var queue enumspb.TaskQueueKind // of the latest task
	var began time.Time
	var lines []string
	timedOut := false
	events := e.client.GetWorkflowHistory(b.Context(), workflowID, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			b.Fatal(err)
		}
		if began.IsZero() {
			began = event.GetEventTime().AsTime()
		}
		if scheduled := event.GetWorkflowTaskScheduledEventAttributes(); scheduled != nil {
			queue = scheduled.GetTaskQueue().GetKind()
		}
		if out := event.GetWorkflowTaskTimedOutEventAttributes(); out != nil {
			counts[fmt.Sprintf("%s in a %s queue", out.GetTimeoutType(), strings.ToLower(queue.String()))]++
			timedOut = true
		}
		lines = append(lines, fmt.Sprintf("%s %s", event.GetEventTime().AsTime().Sub(began).Round(time.Millisecond), event.GetEventType()))
	}
	if timedOut {
		b.Logf("%s from %s on: %s", workflowID, began.Format(time.StampMilli), strings.Join(lines, ", "))
	}
}
