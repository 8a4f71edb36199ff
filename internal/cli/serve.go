package cli

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jonboulle/clockwork"

	"ringback/internal/app"
	"ringback/internal/telemetry"
)

type serveCommand struct{}

// Run runs web, worker and relay.
func (serveCommand) Run(ctx context.Context, config app.Config, clock clockwork.Clock, std streams) error {
	return serve(ctx, config, clock, std, app.Parts{Web: true, Worker: true})
}

type webCommand struct{}

// Run runs web and relay.
func (webCommand) Run(ctx context.Context, config app.Config, clock clockwork.Clock, std streams) error {
	return serve(ctx, config, clock, std, app.Parts{Web: true})
}

type workerCommand struct{}

// Run runs worker and relay.
func (workerCommand) Run(ctx context.Context, config app.Config, clock clockwork.Clock, std streams) error {
	return serve(ctx, config, clock, std, app.Parts{Worker: true})
}

func serve(ctx context.Context, config app.Config, clock clockwork.Clock, std streams, parts app.Parts) error {
	log, err := telemetry.NewLogger(std.err, config.LogFormat, config.LogLevel)
	if err != nil {
		return err
	}
	flush, err := telemetry.SetupTraces(ctx, version(), log)
	if err != nil {
		return err
	}
	ringback, err := app.New(ctx, config, app.Deps{Logger: log, Clock: clock, Version: version()})
	if err != nil {
		return err
	}
	go announce(ctx, ringback, std)
	err = ringback.Run(ctx, parts)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), config.ShutdownTimeout)
	defer cancel()
	return errors.Join(err, flush(last))
}

// announce prints one line of JSON when the process is ready, with the addresses
// that it listens on. Scripts need them, above all with port 0.
func announce(ctx context.Context, ringback *app.Service, std streams) {
	select {
	case <-ctx.Done():
	case <-ringback.Ready():
		_ = json.NewEncoder(std.out).Encode(map[string]string{
			"event": "ready", "http": ringback.HTTPURL(), "ops": ringback.OpsURL(),
		})
	}
}
