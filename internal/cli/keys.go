package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/jonboulle/clockwork"

	"ringback/internal/app"
	"ringback/internal/secrets"
)

type keysCommand struct {
	Generate generateCommand `cmd:"" help:"Print new keys for RINGBACK_ENCRYPTION_KEYS. Keep them safe: without them stored credentials are lost."`
	Rotate   rotateCommand   `cmd:"" help:"Print the keys of --encryption-keys with a new first key. Set them in all processes, then run 'keys reseal'."`
	Reseal   resealCommand   `cmd:"" help:"Re-encrypt every stored credential with the newest key."`
	Prune    pruneCommand    `cmd:"" help:"Print the newest key of --encryption-keys only. Run 'keys reseal' first: credentials encrypted with an older key, in backups too, can no longer be read."`
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
func (rotateCommand) Run(config app.Config, std streams) error {
	return printChanged(config, std, secrets.Rotate)
}

type resealCommand struct{}

// Run encrypts all stored credentials with the primary key.
func (resealCommand) Run(ctx context.Context, config app.Config, clock clockwork.Clock, std streams) (err error) {
	store, err := openStore(ctx, config, clock, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	done, err := store.Reseal(ctx)
	if err != nil {
		return err
	}
	if _, err = fmt.Fprintf(std.out, "%d credentials are encrypted with the newest key\n", done.Sealed); err != nil {
		return err
	}
	if done.Unreadable > 0 {
		return fmt.Errorf("%d credentials could not be decrypted with any of the keys and are unchanged; the log names them (credentials.unreadable): "+
			"add the key that encrypted them, or set them again", done.Unreadable)
	}
	return nil
}

type pruneCommand struct{}

// Run prints the keyset with its primary key alone.
func (pruneCommand) Run(config app.Config, std streams) error {
	return printChanged(config, std, secrets.Prune)
}

// printChanged prints the configured keys after the change.
func printChanged(config app.Config, std streams, change func(keys string) (string, error)) error {
	if config.EncryptionKeys == "" {
		return errors.New("there are no keys to change: set --encryption-keys (RINGBACK_ENCRYPTION_KEYS), or create the first with 'ringback keys generate'")
	}
	keys, err := change(config.EncryptionKeys)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, keys)
	return err
}
