package bench_test

import (
	"context"
	"fmt"
	"net"
	"path"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"ringback/test/e2e/harness"
)

// startsCounter is a proxy in front of Temporal that counts how often workflows were started
// or signalled, also those that run or have ended already.
type startsCounter struct {
	address string
	started atomic.Int64
}

func newStartsCounter(b *testing.B, temporal string) *startsCounter {
	b.Helper()
	conn, err := grpc.NewClient(temporal, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	forward, err := proxy.NewWorkflowServiceProxyServer(proxy.WorkflowServiceProxyOptions{Client: workflowservice.NewWorkflowServiceClient(conn)})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := net.Listen("tcp", harness.FreeAddress(b))
	if err != nil {
		b.Fatal(err)
	}
	c := &startsCounter{address: listener.Addr().String()}
	server := grpc.NewServer(grpc.UnaryInterceptor(c.count))
	workflowservice.RegisterWorkflowServiceServer(server, forward)
	operatorservice.RegisterOperatorServiceServer(server, operators{client: operatorservice.NewOperatorServiceClient(conn)})
	healthpb.RegisterHealthServer(server, health.NewServer())
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(server.Stop)
	return c
}

// operators forwards what workers ask of Temporal's search attributes.
type operators struct {
	operatorservice.UnimplementedOperatorServiceServer
	client operatorservice.OperatorServiceClient
}

// ListSearchAttributes implements operatorservice.OperatorServiceServer.
func (o operators) ListSearchAttributes(ctx context.Context, in *operatorservice.ListSearchAttributesRequest) (*operatorservice.ListSearchAttributesResponse, error) {
	return o.client.ListSearchAttributes(ctx, in)
}

func (c *startsCounter) count(ctx context.Context, request any, of *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	switch path.Base(of.FullMethod) {
	case "StartWorkflowExecution", "SignalWithStartWorkflowExecution", "SignalWorkflowExecution":
		c.started.Add(1)
	}
	return handler(ctx, request)
}

// BenchmarkBurst counts how often Temporal is told of each lead of a burst, by a process with
// web and one with workers. Each has a relay, and a lead that waits in one of them must not be
// sent by the other too. Goal: once.
func BenchmarkBurst(b *testing.B) {
	const leads = 2000
	dsn, _ := harness.NewDatabase(b, "postgres")
	s, f := stackOn(b, dsn), openFiller(b, dsn)
	s.Service.Kill()
	starts := newStartsCounter(b, s.TemporalAddress())
	through := "TEMPORAL_ADDRESS=" + starts.address
	s.LaunchWeb(strings.TrimPrefix(s.HTTP, "http://"), through).WaitReady(time.Minute)
	s.StartWorkerOf(harness.Build(b, harness.Ringback), through)
	for round := range b.N {
		before, hits, began := starts.started.Load(), len(s.dest.Hits("ok")), time.Now()
		inParallel(leads, 32, func(i int) { s.accept(b, s.leads, fmt.Sprintf("burst-%d-%d", round, i)) })
		accepted := time.Since(began)
		s.dest.WaitHits(b, "ok", hits+leads, 10*time.Minute)
		s.api.WaitFor("all to be removed from the outbox", time.Minute, func() bool { return f.texts("SELECT count(*)::text FROM outbox")[0] == "0" }, s.Temporal.Log)
		report(row{
			fmt.Sprintf("Temporal is told of each of %d leads, accepted within %s and delivered within %s", leads, ms(accepted), ms(time.Since(began))),
			fmt.Sprintf("%.3f times", float64(starts.started.Load()-before)/leads), "", "", "1.00",
		})
	}
}
