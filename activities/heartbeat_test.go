package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
)

// beats returns the heartbeats that the server would get. The SDK delays those
// that follow the first closely, until the worker stops.
func (f *field) beats() <-chan bool {
	received := make(chan bool, 10)
	f.onHeartbeat = func(_ *activity.Info, details converter.EncodedValues) { received <- details.HasValues() }
	return received
}

func TestG3_SlowSendKeepsHeartbeating(t *testing.T) {
	t.Parallel()
	f := newField(took)
	received, sending, answer := f.beats(), make(chan struct{}), make(chan struct{})
	f.answers.pause = func() {
		close(sending)
		<-answer
	}
	ended := make(chan error, 1)
	go func() {
		_, err := f.dispatch(t, "dlv_1")
		ended <- err
	}()
	<-sending
	require.NoError(t, f.clock.BlockUntilContext(t.Context(), 1))
	f.clock.Advance(3 * time.Second)
	require.False(t, <-received, "a heartbeat carries nothing")

	close(f.stop) // the worker begins to stop,
	f.end()       // and waits no longer
	f.clock.Advance(3 * time.Second)
	require.False(t, <-received, "it goes on as long as the send does")
	close(answer)
	require.NoError(t, <-ended)

	f.clock.Advance(time.Hour)
	require.Empty(t, received, "and ends with it")
}
