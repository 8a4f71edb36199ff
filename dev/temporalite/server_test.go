package temporalite_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/encoding/protojson"

	"ringback/dev/temporalite"
)

const queue = "greetings"

func greet(ctx workflow.Context, name string) (string, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: "dispatch", StartToCloseTimeout: 10 * time.Second,
	})
	var greeting string
	err := workflow.ExecuteActivity(ctx, compose, name).Get(ctx, &greeting)
	return greeting, err
}

func compose(_ context.Context, name string) (string, error) { return "hello " + name, nil }

func start(t testing.TB, options temporalite.Options) *temporalite.Server {
	t.Helper()
	server, err := temporalite.Start(t.Context(), options)
	require.NoError(t, err)
	return server
}

func dial(t testing.TB, server *temporalite.Server) client.Client {
	t.Helper()
	return dialAddress(t, server.FrontendAddress())
}

func dialAddress(t testing.TB, address string) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: address, Logger: silent{}})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func work(t testing.TB, c client.Client) {
	t.Helper()
	workflows, activities := worker.New(c, queue, worker.Options{}), worker.New(c, "dispatch", worker.Options{DisableWorkflowWorker: true})
	workflows.RegisterWorkflow(greet)
	activities.RegisterActivity(compose)
	for _, w := range []worker.Worker{workflows, activities} {
		require.NoError(t, w.Start())
		t.Cleanup(w.Stop)
	}
}

func run(t testing.TB, c client.Client, id string) {
	t.Helper()
	handle, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: queue}, greet, id)
	require.NoError(t, err)
	var greeting string
	require.NoError(t, handle.Get(t.Context(), &greeting))
	require.Equal(t, "hello "+id, greeting)
}

// historyOf returns the events of a workflow as text.
func historyOf(t *testing.T, c client.Client, id string) (events []string) {
	t.Helper()
	for history := c.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); history.HasNext(); {
		event, err := history.Next()
		require.NoError(t, err)
		text, err := protojson.Marshal(event)
		require.NoError(t, err)
		events = append(events, string(text))
	}
	return events
}

func TestHistoriesSurviveARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "new", temporalite.DataFileName())

	first := start(t, temporalite.Options{DataFile: file})
	var before []string
	t.Run("first life", func(t *testing.T) {
		c := dial(t, first)
		work(t, c)
		run(t, c, "kept")
		before = historyOf(t, c, "kept")
		require.GreaterOrEqual(t, len(before), 11, "a workflow with one activity has 11 events, and more if a task was tried again")
	})
	require.NoError(t, first.Stop())

	second := start(t, temporalite.Options{DataFile: file, Shards: 2})
	t.Run("second life", func(t *testing.T) {
		c := dial(t, second)
		require.Equal(t, before, historyOf(t, c, "kept"))
		work(t, c)
		run(t, c, "after the restart")
	})
	require.NoError(t, second.Stop())
}

func TestUIShowsTheNamespace(t *testing.T) {
	t.Parallel()
	server := start(t, temporalite.Options{UIAddress: "127.0.0.1:0", Namespace: "calls", Retention: 3 * 24 * time.Hour})
	defer func() { require.NoError(t, server.Stop()) }()

	page := get(t, server.UIURL()+"/namespaces/calls/workflows")
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, page.Header.Get("Content-Type"), "text/html")

	var listed struct {
		Namespaces []struct {
			NamespaceInfo struct{ Name string }
			Config        struct {
				Retention string `json:"workflowExecutionRetentionTtl"`
			}
		}
	}
	answer := get(t, server.UIURL()+"/api/v1/namespaces")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&listed))
	retention := map[string]string{}
	for _, n := range listed.Namespaces {
		retention[n.NamespaceInfo.Name] = n.Config.Retention
	}
	require.Equal(t, "259200s", retention["calls"])
}

func TestSearchAttributesAreUsableAtOnce(t *testing.T) {
	t.Parallel()
	server := start(t, temporalite.Options{})
	defer func() { require.NoError(t, server.Stop()) }()
	c := dial(t, server)

	_, err := c.OperatorService().AddSearchAttributes(t.Context(), &operatorservice.AddSearchAttributesRequest{
		Namespace: "default",
		SearchAttributes: map[string]enumspb.IndexedValueType{
			"Site":         enumspb.INDEXED_VALUE_TYPE_KEYWORD,
			"Integrations": enumspb.INDEXED_VALUE_TYPE_KEYWORD_LIST,
		},
	})
	require.NoError(t, err)
	_, err = c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: "tagged", TaskQueue: queue,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			temporal.NewSearchAttributeKeyKeyword("Site").ValueSet("site_1"),
			temporal.NewSearchAttributeKeyKeywordList("Integrations").ValueSet([]string{"int_1", "int_2"}),
		),
	}, "unregistered")
	require.NoError(t, err)

	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for listed := 0; listed == 0; <-again.C { // the server lists what has started a moment later
		found, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: "default", Query: `Site = "site_1" AND Integrations = "int_2"`,
		})
		require.NoError(t, err)
		listed = len(found.Executions)
	}
}

func TestAddressInUseNamesTheFlag(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	address := taken.Addr().String()

	for flag, options := range map[string]temporalite.Options{
		"--temporal": {FrontendAddress: address},
		"--ui":       {UIAddress: address},
	} {
		_, err := temporalite.Start(t.Context(), options)
		require.ErrorContains(t, err, address+" is already in use")
		require.ErrorContains(t, err, flag)
	}
	_, err = temporalite.Start(t.Context(), temporalite.Options{FrontendAddress: "nowhere"})
	require.ErrorContains(t, err, "host:port (--temporal)")
}

func TestOneServerPerDataFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), temporalite.DataFileName())
	server := start(t, temporalite.Options{DataFile: file})
	defer func() { require.NoError(t, server.Stop()) }()

	_, err := temporalite.Start(t.Context(), temporalite.Options{DataFile: file})
	require.ErrorContains(t, err, file+" is used by another process")
	require.ErrorContains(t, err, "--data")
}

func get(t *testing.T, url string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// silent is a logger that drops everything.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
