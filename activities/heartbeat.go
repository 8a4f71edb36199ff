package activities

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
)

// heartbeatEvery is how often a dispatch shows that its worker lives. The SDK
// passes on the first at once and then one in eight seconds, 0.8 of the ten in
// which the server expects one. Most dispatches end before the first.
const heartbeatEvery = 3 * time.Second

// keepAlive shows the server that the worker lives, until stop is called, so
// that what a killed worker had is soon given to another. It goes on while the
// activity is cancelled or the worker stops: the send that is under way then
// is not cut off either.
func (d *Dispatch) keepAlive(ctx context.Context) (stop func()) {
	ctx = context.WithoutCancel(ctx)
	ended := make(chan struct{})
	var beating sync.WaitGroup
	beating.Go(func() {
		ticker := d.Clock.NewTicker(heartbeatEvery)
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
