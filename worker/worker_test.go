package worker_test

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

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
		Logger: slog.New(slog.DiscardHandler), FirstTry: time.Millisecond,
	}
}

// nobody gives a client of an address on which nothing answers.
func nobody(t *testing.T) client.Client {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	c, err := client.NewLazyClient(client.Options{HostPort: address, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// heard passes the messages of a logger on.
type heard struct {
	slog.Handler
	messages chan string
}

func (h heard) Enabled(context.Context, slog.Level) bool { return true }

func (h heard) Handle(_ context.Context, r slog.Record) error {
	h.messages <- r.Message
	return nil
}

func TestRun_WaitsForATemporalThatIsAwayAndSaysSo(t *testing.T) {
	t.Parallel()
	messages := make(chan string, 100)
	o := options(nobody(t))
	o.Logger = slog.New(heard{messages: messages})
	workers, err := worker.New(o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- workers.Run(ctx) }()

	require.Equal(t, "waiting for Temporal", <-messages)
	require.Equal(t, "waiting for Temporal", <-messages, "it tries again")
	cancel()
	require.NoError(t, <-done)
}

func TestStart_FailsWhenTemporalIsAwayAndMayBeTriedAgain(t *testing.T) {
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
	want := names{"call", "lead", "resend", "plan", "decide", "prepare-resend", "give-up", "finish", "dispatch"}
	require.Equal(t, want, registered)
	require.Equal(t, "conversions", workflows.QueueConversions)
	require.Equal(t, "dispatch", workflows.QueueDispatch)
}
