package viewing_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/web/internal/viewing"
)

// TestG6_RequestsOfAnAccountTakeTurns checks that requests beyond an account's places wait
// for those before them, that no other account waits for them, and that the number of
// those who wait is bounded.
func TestG6_RequestsOfAnAccountTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
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
					end()
				}
				ended <- err
			}()
		}
		synctest.Wait()
		require.Empty(t, ended, "all of them wait")
		_, _, err = guard.Begin(t.Context(), "acc_1")
		require.Equal(t, fault.RateLimited, fault.CodeOf(err))
		first()
		for range waiting {
			require.NoError(t, <-ended)
		}
		second()
		begin("acc_1")()
	})
}
