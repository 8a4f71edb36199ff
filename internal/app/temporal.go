package app

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
	temporallog "go.temporal.io/sdk/log"
)

// temporalClient is the Temporal client of the process.
type temporalClient struct {
	client.Client
	namespace string
	ours      bool // created here, and so closed here
}

// newTemporal returns a client that connects when it is first used, because intake
// must start, and accept, while Temporal is away. Address, namespace, TLS and API
// key come from Temporal's own variables and file (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
// TEMPORAL_API_KEY, TEMPORAL_TLS_*, TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE).
func newTemporal(deps Deps) (temporalClient, error) {
	if deps.Temporal != nil {
		return temporalClient{Client: deps.Temporal, namespace: namespaceOr(deps.Namespace)}, nil
	}
	options, err := envconfig.LoadClientOptions(envconfig.LoadClientOptionsRequest{ConfigFileStrict: true})
	if err != nil {
		return temporalClient{}, fmt.Errorf("reading Temporal's settings (TEMPORAL_* variables): %w", err)
	}
	tracing, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{})
	if err != nil {
		return temporalClient{}, fmt.Errorf("setting up traces for Temporal: %w", err)
	}
	// Most messages are below a few kilobytes: to compress them takes both sides longer than it saves.
	options.ConnectionOptions.GrpcCompression = &client.GrpcCompressionNone{}
	options.Interceptors = append(options.Interceptors, interceptor.ClientInterceptor(tracing))
	options.Logger = temporallog.NewStructuredLogger(deps.Logger.With("component", "temporal"))
	lazy, err := client.NewLazyClient(options)
	if err != nil {
		return temporalClient{}, fmt.Errorf("making the Temporal client: %w", err)
	}
	return temporalClient{Client: lazy, namespace: namespaceOr(options.Namespace), ours: true}, nil
}

func namespaceOr(namespace string) string {
	if namespace == "" {
		return client.DefaultNamespace
	}
	return namespace
}

// check returns an error if Temporal does not answer. Everybody who can read
// /readyz sees it, so it names the cause without addresses.
func (t temporalClient) check(ctx context.Context) error {
	_, err := t.CheckHealth(ctx, &client.CheckHealthRequest{})
	if ctx.Err() != nil {
		return errors.New("no answer in time")
	}
	return err
}

func (t temporalClient) close() {
	if t.ours {
		t.Close()
	}
}
