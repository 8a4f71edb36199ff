package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdk "go.temporal.io/sdk/worker"

	"ringback/internal/buildid"
	"ringback/workflows"
)

// DefaultSends is how many deliveries a process may send at once.
const DefaultSends = 1000

// decisions is how many workflow tasks, in which it is decided, a process works on at once.
// More would wait in the process for the database and the processors, in the order in which
// they came. In Temporal's queue they wait by turns of the sites (G6).
const decisions = 32

// defaultStopTimeout is the StopTimeout if Options has none.
const defaultStopTimeout = 45 * time.Second

// The number of pollers, which wait for tasks. The server asks for more when they help.
const (
	fewestPollers  = 2
	initialPollers = 8
	mostPollers    = 32
)

// Options are what the workers need.
type Options struct {
	Client      client.Client // its interceptors (tracing) also apply to the workers
	Conversions workflows.ConversionActivities
	Dispatch    workflows.DispatchActivities
	Reading     workflows.ReadingActivities
	Recomputing workflows.RecomputingActivities
	Reconciling workflows.ReconcilingActivities
	Logger      *slog.Logger

	// Version is which build of which deployment these workers are. Zero means none.
	Version Version
	// CachedWorkflows is how many workflows the process keeps in memory while they wait. It holds
	// for all workers of the process, as the first that starts has it.
	CachedWorkflows int
	// Sends is how many deliveries this process may send at once. 0 means DefaultSends.
	Sends int
	// StopTimeout is how long Stop lets sends in progress finish. It should be
	// longer than the longest HTTP timeout. 0 means 45 s.
	StopTimeout time.Duration
	// Background is the context that those of activities are derived from, so that they
	// have its values. If nil, it is context.Background().
	Background context.Context
	// Interceptors are added to those of the client.
	Interceptors []interceptor.WorkerInterceptor
	// OnStop is called when Stop begins, and Stop waits for it. It may use StopTimeout. If nil,
	// nothing is called.
	OnStop func(context.Context)
	// OnFatalError is called when a worker cannot continue, for example because its
	// namespace was deleted. The workers must then be stopped.
	OnFatalError func(error)
}

// Workers serve both queues: QueueConversions with the workflows and their local
// activities, and QueueDispatch with the sends.
type Workers struct {
	options Options
	started []sdk.Worker
}

// New checks the options and returns workers that are not started yet.
func New(o Options) (*Workers, error) {
	switch {
	case o.Client == nil:
		return nil, fmt.Errorf("making workers: no Temporal client")
	case o.Conversions == nil || o.Dispatch == nil || o.Reading == nil || o.Recomputing == nil || o.Reconciling == nil:
		return nil, fmt.Errorf("making workers: no activities")
	case o.Logger == nil:
		return nil, fmt.Errorf("making workers: no logger")
	}
	if o.Sends <= 0 {
		o.Sends = DefaultSends
	}
	if o.StopTimeout <= 0 {
		o.StopTimeout = defaultStopTimeout
	}
	return &Workers{options: o}, nil
}

// Start starts both workers. It returns an error if Temporal cannot be reached, and
// may then be called again: the SDK's workers start only once, so each call creates
// new ones.
func (w *Workers) Start() error {
	if len(w.started) > 0 {
		return fmt.Errorf("starting the workers: they run already")
	}
	// Histories name the build of the worker. The SDK would read the whole program for it.
	if id, err := buildid.Own(); err == nil {
		sdk.SetBinaryChecksum(id)
	}
	sdk.SetStickyWorkflowCacheSize(w.options.CachedWorkflows)
	for _, next := range []sdk.Worker{w.conversions(), w.dispatch()} {
		if err := next.Start(); err != nil {
			w.Stop()
			return fmt.Errorf("starting the workers: %w", err)
		}
		w.started = append(w.started, next)
	}
	w.options.Logger.Info("workers started", "queues", []string{workflows.QueueConversions, workflows.QueueDispatch}, "sends", w.options.Sends)
	return nil
}

// Stop lets what is in progress finish within StopTimeout. Both workers stop at the same time.
func (w *Workers) Stop() {
	var all sync.WaitGroup
	for _, running := range w.started {
		all.Go(running.Stop)
	}
	if w.options.OnStop != nil {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), w.options.StopTimeout)
			defer cancel()
			w.options.OnStop(ctx)
		})
	}
	all.Wait()
	w.started = nil
}

// conversions returns the worker of the workflows.
func (w *Workers) conversions() sdk.Worker {
	o := w.common()
	o.LocalActivityWorkerOnly = true
	o.MaxConcurrentWorkflowTaskExecutionSize = decisions
	o.WorkflowTaskPollerBehavior = pollers()
	made := sdk.New(w.options.Client, workflows.QueueConversions, o)
	RegisterWorkflows(made)
	RegisterConversionActivities(made, w.options.Conversions)
	return made
}

// dispatch returns the worker of the sends.
func (w *Workers) dispatch() sdk.Worker {
	o := w.common()
	o.DisableWorkflowWorker = true
	o.MaxConcurrentActivityExecutionSize = w.options.Sends
	o.ActivityTaskPollerBehavior = pollers()
	made := sdk.New(w.options.Client, workflows.QueueDispatch, o)
	RegisterDispatchActivities(made, w.options.Dispatch)
	RegisterReadingActivities(made, w.options.Reading)
	RegisterRecomputingActivities(made, w.options.Recomputing)
	RegisterReconcilingActivities(made, w.options.Reconciling)
	return made
}

func (w *Workers) common() sdk.Options {
	return sdk.Options{
		DisableRegistrationAliasing: true,
		WorkerStopTimeout:           w.options.StopTimeout,
		BackgroundActivityContext:   w.options.Background,
		Interceptors:                w.options.Interceptors,
		DeploymentOptions:           w.options.Version.options(),
		OnFatalError:                w.options.OnFatalError,
	}
}

func pollers() sdk.PollerBehavior {
	return sdk.NewPollerBehaviorAutoscaling(sdk.PollerBehaviorAutoscalingOptions{
		MinimumNumberOfPollers: fewestPollers,
		InitialNumberOfPollers: initialPollers,
		MaximumNumberOfPollers: mostPollers,
	})
}
