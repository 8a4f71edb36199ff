package bench_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"log/slog"
)

// engine is Temporal without Ringback, on the same server, on queues of its own: workflows
// that do nothing, and workflows with one activity that does nothing.
type engine struct {
	client client.Client
	runs   int
}

const engineQueue, engineActivities = "bench", "bench-activities"

// The workflows of the engine.
const (
	empty = "empty"
	bare  = "bare" // with one activity
)

func newEngine(b *testing.B, address string) *engine {
	b.Helper()
	quiet := tlog.NewStructuredLogger(slog.New(slog.DiscardHandler))
	c, err := client.Dial(client.Options{HostPort: address, Logger: quiet})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	workflows := worker.New(c, engineQueue, worker.Options{})
	workflows.RegisterWorkflowWithOptions(bareWorkflow, workflow.RegisterOptions{Name: bare})
	workflows.RegisterWorkflowWithOptions(emptyWorkflow, workflow.RegisterOptions{Name: empty})
	activities := worker.New(c, engineActivities, worker.Options{DisableWorkflowWorker: true})
	activities.RegisterActivity(bareActivity)
	for _, w := range []worker.Worker{workflows, activities} {
		if err := w.Start(); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(w.Stop)
	}
	return &engine{client: c}
}

func bareWorkflow(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{TaskQueue: engineActivities, StartToCloseTimeout: time.Minute})
	return workflow.ExecuteActivity(ctx, bareActivity).Get(ctx, nil)
}

func emptyWorkflow(workflow.Context) error { return nil }

func bareActivity(context.Context) error { return nil }

// run runs one workflow to its end and returns how long that took.
func (e *engine) run(b *testing.B, kind string, id int) time.Duration {
	began := time.Now()
	run, err := e.client.ExecuteWorkflow(context.Background(),
		client.StartWorkflowOptions{ID: fmt.Sprintf("%s-%d-%d", kind, e.runs, id), TaskQueue: engineQueue}, kind)
	if err == nil {
		err = run.Get(context.Background(), nil)
	}
	if err != nil {
		b.Error(err)
	}
	return time.Since(began)
}

// throughput runs n workflows of a kind, this many at the same time, and returns how many ended per second.
func (e *engine) throughput(b *testing.B, kind string, n, parallel int) float64 {
	e.runs++
	began := time.Now()
	inParallel(n, parallel, func(i int) { e.run(b, kind, i) })
	return float64(n) / time.Since(began).Seconds()
}

// steady starts workflows with one activity at an even pace and returns how long each took.
func (e *engine) steady(b *testing.B, perSecond int, during time.Duration) []time.Duration {
	e.runs++
	var mu sync.Mutex
	var took []time.Duration
	atPace(perSecond, during, func(i int) {
		d := e.run(b, bare, i)
		mu.Lock()
		defer mu.Unlock()
		took = append(took, d)
	})
	return took
}

// inParallel calls do for 0..n-1, this many at the same time, and waits for all.
func inParallel(n, parallel int, do func(i int)) {
	next := make(chan int)
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
}

// atPace begins one call of do after the other at an even pace, whether or not
// the earlier ones have ended, and waits for all. A call that begins late does
// not delay those after it.
func atPace(perSecond int, during time.Duration, do func(i int)) {
	began := time.Now()
	var running sync.WaitGroup
	for i := range perSecond * int(during/time.Second) {
		<-time.After(time.Until(began.Add(time.Duration(i) * time.Second / time.Duration(perSecond))))
		running.Go(func() { do(i) })
	}
	running.Wait()
}
