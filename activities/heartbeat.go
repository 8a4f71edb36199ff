package activities

import (
	"context"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"go.temporal.io/sdk/activity"
)

// heartbeatEvery is how often an activity records a heartbeat. The SDK sends the
// first at once and then one in eight seconds, 0.8 of the ten in which the server
// expects one. Most dispatches end before the first.
const heartbeatEvery = 3 * time.Second

// keepAlive records heartbeats until stop is called, so that the server soon
// passes the deliveries of a killed worker to another. It continues when the
// activity is cancelled or the worker stops, because a send in progress is not
// cut off then either.
func keepAlive(ctx context.Context, clock clockwork.Clock) (stop func()) {
	ctx = context.WithoutCancel(ctx)
	ended := make(chan struct{})
	var beating sync.WaitGroup
	beating.Go(func() {
		ticker := clock.NewTicker(heartbeatEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.Chan():
				activity.RecordHeartbeat(ctx)
			case <-ended:
				return
			}
		}
	})
	return func() {
		close(ended)
		beating.Wait()
	}
}
