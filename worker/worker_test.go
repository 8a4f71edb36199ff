package worker_test

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/workflow"

	"ringback/worker"
	"ringback/workflows"
	"ringback/workflows/workflowstest"
)

func options(c client.Client) worker.Options {
	return worker.Options{
		Client: c, Conversions: &workflowstest.Activities{}, Dispatch: &workflowstest.Activities{},
		Reading: &workflowstest.Activities{}, Recomputing: &workflowstest.Activities{}, Reconciling: &workflowstest.Activities{},
		Logger: slog.New(slog.DiscardHandler),
	}
}

// nobody returns a client of an address on which nothing answers.
func nobody(t *testing.T) client.Client {
	t.Helper()
	c, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func TestStart_FailsWithoutTemporalAndCanBeRetried(t *testing.T) {
	t.Parallel()
	workers, err := worker.New(options(nobody(t)))
	require.NoError(t, err)
	first := workers.Start()
	require.ErrorContains(t, first, "starting the workers")
	second := workers.Start()
	require.ErrorContains(t, second, "starting the workers")
	require.NotContains(t, second.Error(), "run already")
	workers.Stop()
}

func TestNew_NamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	cases := map[string]func(*worker.Options){
		"no Temporal client": func(o *worker.Options) { o.Client = nil },
		"no activities":      func(o *worker.Options) { o.Dispatch = nil },
		"no logger":          func(o *worker.Options) { o.Logger = nil },
	}
	for want, change := range cases {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			o := options(nobody(t))
			change(&o)
			_, err := worker.New(o)
			require.ErrorContains(t, err, want)
		})
	}
}

// names collects what is registered.
type names []string

func (n *names) RegisterWorkflowWithOptions(_ any, o workflow.RegisterOptions) {
	*n = append(*n, o.Name)
}
func (n *names) RegisterActivityWithOptions(_ any, o activity.RegisterOptions) {
	*n = append(*n, o.Name)
}

// Histories refer to these names: renaming one breaks every workflow that is running.
func TestRegister_TheNamesInHistories(t *testing.T) {
	t.Parallel()
	var registered names
	worker.RegisterWorkflows(&registered)
	worker.RegisterConversionActivities(&registered, &workflowstest.Activities{})
	worker.RegisterDispatchActivities(&registered, &workflowstest.Activities{})
	worker.RegisterReadingActivities(&registered, &workflowstest.Activities{})
	worker.RegisterRecomputingActivities(&registered, &workflowstest.Activities{})
	worker.RegisterReconcilingActivities(&registered, &workflowstest.Activities{})
	want := names{"call", "lead", "resend", "read-crm", "recompute", "reconcile", "plan", "decide", "prepare-resend", "give-up", "finish", "dispatch", "read-crm", "recompute", "reconcile"}
	require.Equal(t, want, registered)
	require.Equal(t, "conversions", workflows.QueueConversions)
	require.Equal(t, "dispatch", workflows.QueueDispatch)
}
