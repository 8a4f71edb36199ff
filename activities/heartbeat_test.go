package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
)

// beats lets the test hear what the server would. The SDK holds back what
// follows the first heartbeat closely, until the worker stops.
func (f *field) beats() <-chan bool {
	heard := make(chan bool, 10)
	f.onHeartbeat = func(_ *activity.Info, details converter.EncodedValues) { heard <- details.HasValues() }
	return heard
}

func TestG3_SlowSendShowsThatItsWorkerLives(t *testing.T) {
	t.Parallel()
	f := newField(took)
	heard, sending, answer := f.beats(), make(chan struct{}), make(chan struct{})
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
	require.False(t, <-heard, "a heartbeat carries nothing")

	close(f.stop) // the worker begins to stop,
	f.end()       // and waits no longer
	f.clock.Advance(3 * time.Second)
	require.False(t, <-heard, "it goes on as long as the send does")
	close(answer)
	require.NoError(t, <-ended)

	f.clock.Advance(time.Hour)
	require.Empty(t, heard, "and ends with it")
}
