package relay_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/bursts"
	"ringback/internal/relay"
	"ringback/models/outbox"
)

// silentOutbox does not answer which signals are decided.
type silentOutbox struct{ *fakeOutbox }

func (silentOutbox) SignalsDecided(ctx context.Context, _ []outbox.Signal) ([]int64, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestG6_WhileTheDatabaseDoesNotAnswerAllCountsBriefly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o, server := newOutbox(), &temporal{}
		r := relay.New(relay.Options{
			Store: silentOutbox{o}, Temporal: server, Metrics: &counter{}, Clock: clockwork.NewRealClock(), Machine: clockwork.NewRealClock(),
			Logger: slog.New(slog.DiscardHandler), Idle: o.wait, Bursts: bursts.New(clockwork.NewRealClock()),
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		synctest.Wait()
		for n := range 64 {
			signal := leadOf("site_busy", n)
			signal.NextTryAt = time.Now().Add(time.Hour)
			r.Offer(signal)
		}
		<-time.After(time.Second)
		require.Equal(t, 64, server.sentOf("site_busy"))
		cancel()
		require.NoError(t, <-ended)
	})
}
