package relay_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
)

func TestG6_ASignalThatIsHeldBackHasNotFailed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, _ := undecided(t)
		for n := range 48 {
			b.outbox.add(leadOf("site_busy", n))
		}
		<-time.After(4500 * time.Millisecond)
		sent := len(b.temporal.calls())
		require.Less(t, sent, 48, "the others were claimed by several sweeps, and released")
		b.temporal.answerWith(func(string) error { return serviceerror.NewInvalidArgument("refused") })
		<-time.After(5 * time.Second)
		refused := 0
		for n := range int64(48) {
			if until := b.outbox.postponedUntil(n); !until.IsZero() {
				refused++
				require.LessOrEqual(t, time.Until(until), 10*time.Second, "as after the first failure")
			}
		}
		require.Equal(t, 48-sent, refused)
	})
}
