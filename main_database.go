package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jonboulle/clockwork"

	"ringback/models"
	"ringback/secrets"
	"ringback/service"
	"ringback/telemetry"
)

type migrateCommand struct{}

// Run applies the migrations that are pending and prints their names.
func (migrateCommand) Run(ctx context.Context, config service.Config, clock clockwork.Clock, std streams) (err error) {
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

type keysCommand struct {
	Generate generateCommand `cmd:"" help:"Print new keys for RINGBACK_ENCRYPTION_KEYS. Keep them safe: without them stored credentials are lost."`
	Rotate   rotateCommand   `cmd:"" help:"Print the keys of --encryption-keys with a new one in front. Set them everywhere, then run 'keys reseal'."`
	Reseal   resealCommand   `cmd:"" help:"Encrypt every stored credential again with the newest key."`
}

type generateCommand struct{}

// Run prints a new keyset.
func (generateCommand) Run(std streams) error {
	keys, err := secrets.Generate()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, keys)
	return err
}

type rotateCommand struct{}

// Run prints the keyset with a new primary key.
func (rotateCommand) Run(config service.Config, std streams) error {
	if config.EncryptionKeys == "" {
		return errors.New("there are no keys to rotate: set --encryption-keys (RINGBACK_ENCRYPTION_KEYS), or make the first with 'ringback keys generate'")
	}
	keys, err := secrets.Rotate(config.EncryptionKeys)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, keys)
	return err
}

type resealCommand struct{}

// Run encrypts all stored credentials with the primary key.
func (resealCommand) Run(ctx context.Context, config service.Config, clock clockwork.Clock, std streams) (err error) {
	store, err := openStore(ctx, config, clock, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	n, err := store.Reseal(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%d credentials are encrypted with the newest key\n", n)
	return err
}

func openStore(ctx context.Context, config service.Config, clock clockwork.Clock, std streams) (*models.Store, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	log, err := telemetry.NewLogger(std.err, config.LogFormat, config.LogLevel)
	if err != nil {
		return nil, err
	}
	return service.OpenStore(ctx, config, log, clock)
}
