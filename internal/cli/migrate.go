package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/jonboulle/clockwork"

	"ringback/internal/app"
	"ringback/internal/telemetry"
	"ringback/models"
)

type migrateCommand struct{}

// Run applies the pending migrations and prints their names.
func (migrateCommand) Run(ctx context.Context, config app.Config, clock clockwork.Clock, std streams) (err error) {
	store, err := openStore(ctx, config, clock, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	applied, err := models.Migrate(ctx, store)
	for _, name := range applied {
		_, _ = fmt.Fprintln(std.out, "applied", name)
	}
	if err == nil && len(applied) == 0 {
		_, _ = fmt.Fprintln(std.out, "the schema is current")
	}
	return err
}

func openStore(ctx context.Context, config app.Config, clock clockwork.Clock, std streams) (*models.Store, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	log, err := telemetry.NewLogger(std.err, config.LogFormat, config.LogLevel)
	if err != nil {
		return nil, err
	}
	return app.OpenStore(ctx, config, log, clock)
}
