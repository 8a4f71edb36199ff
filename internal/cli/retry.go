package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jonboulle/clockwork"

	"ringback/internal/app"
	"ringback/models"
)

type retryCommand struct {
	Delivery    string `placeholder:"ID" help:"Try this delivery now."`
	Integration string `placeholder:"ID" help:"Try all deliveries of this integration that wait now, at most 10000."`
}

// Run makes waiting deliveries be tried now.
func (c retryCommand) Run(ctx context.Context, config app.Config, clock clockwork.Clock, std streams) error {
	if (c.Delivery == "") == (c.Integration == "") {
		return errors.New("either --delivery or --integration is needed: it names what to try")
	}
	return withStore(ctx, config, clock, std, func(store *models.Store) error {
		n := 1
		var err error
		if c.Delivery != "" {
			_, err = store.RetryDelivery(ctx, byOperator, "", c.Delivery)
		} else {
			n, err = store.RetryIntegration(ctx, byOperator, "", c.Integration)
		}
		if err != nil {
			return err
		}
		return printTried(std.out, n)
	})
}

func printTried(out io.Writer, n int) (err error) {
	if n == 1 {
		_, err = fmt.Fprintln(out, "1 delivery is tried now")
		return err
	}
	_, err = fmt.Fprintf(out, "%d deliveries are tried now\n", n)
	return err
}

type requeueCommand struct{}

// Run puts all that is not done into the outbox again.
func (requeueCommand) Run(ctx context.Context, config app.Config, clock clockwork.Clock, std streams) error {
	return withStore(ctx, config, clock, std, func(store *models.Store) error {
		n, err := store.RequeueAll(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "%d calls, leads and resends that are not done are started again\n", n)
		return err
	})
}

// withStore runs a command on the database, whose schema must be current.
func withStore(ctx context.Context, config app.Config, clock clockwork.Clock, std streams, do func(*models.Store) error) (err error) {
	store, err := openStore(ctx, config, clock, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.CheckSchema(ctx); err != nil {
		return err
	}
	return do(store)
}
