package viewing_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/web/internal/viewing"
)

// TestG6_RequestsOfAnAccountTakeTurns checks that requests beyond an account's places wait
// for those before them, that no other account waits for them, and that the number of
// those who wait is bounded.
func TestG6_RequestsOfAnAccountTakeTurns(t *testing.T) {
	t.Parallel()
	guard := viewing.NewGuard(2)
	begin := func(account string) func() {
		_, end, err := guard.Begin(t.Context(), account)
		require.NoError(t, err)
		return end
	}
	first, second := begin("acc_1"), begin("acc_1")
	gone, leave := context.WithCancel(t.Context())
	leave()
	_, _, err := guard.Begin(gone, "acc_1")
	require.ErrorIs(t, err, context.Canceled)
	begin("acc_2")()

	const waiting = 32
	ended := make(chan error, waiting)
	for range waiting {
		go func() {
			_, end, err := guard.Begin(t.Context(), "acc_1")
			if err == nil {
				defer end()
			}
			ended <- err
		}()
	}
	refused := 0
	for refused == 0 { // until all of them wait
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := guard.Begin(ctx, "acc_1"); fault.CodeOf(err) == fault.RateLimited {
			refused++
		}
	}
	first()
	for range waiting {
		require.NoError(t, <-ended)
	}
	second()
	begin("acc_1")()
}
