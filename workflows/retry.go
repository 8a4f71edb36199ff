package workflows

import (
	"go.temporal.io/sdk/workflow"
)

// maxRetries is how often one delivery can be tried now. Each adds to the history. What is
// asked beyond that follows at its own time.
const maxRetries = 100

// takeRetries passes each SignalRetry on to its delivery. A delivery that has ended, or is
// not known, has nothing to try.
func (f *fanOut) takeRetries(ctx workflow.Context) {
	options := workflow.SignalChannelOptions{Description: "A delivery is to be tried now."}
	asked := workflow.GetSignalChannelWithOptions(ctx, SignalRetry, options)
	workflow.GoNamed(ctx, "retry", func(ctx workflow.Context) {
		counts := map[string]int{}
		for {
			var signal RetrySignal
			asked.Receive(ctx, &signal)
			if retry := f.retries[signal.DeliveryID]; retry != nil && counts[signal.DeliveryID] < maxRetries {
				counts[signal.DeliveryID]++
				retry.SendAsync(true)
			}
		}
	})
}

// dispatchOnce runs the dispatch activity until it ends. If the delivery is to be tried
// now, it ends the activity, and reports that another one is to begin at once. An attempt
// in progress is waited for: its outcome counts, and after a success there is no other.
func (f *fanOut) dispatchOnce(ctx workflow.Context, d Delivery, in DispatchInput, ended *Dispatched) (again bool, err error) {
	// Deliveries are cancelled by their own coroutines, in the order in which they began. As
	// children of one context, the SDK would cancel those of older histories in any order,
	// which no replay could repeat.
	apart, _ := workflow.NewDisconnectedContext(ctx)
	activity, end := workflow.WithCancel(apart)
	defer end()
	if ctx.Err() != nil {
		end()
	}
	future := workflow.ExecuteActivity(withDestination(activity, d), DispatchActivity, in)
	asked := false
	workflow.NewSelector(ctx).
		AddFuture(future, func(workflow.Future) {}).
		AddReceive(f.retries[d.DeliveryID], func(c workflow.ReceiveChannel, _ bool) {
			c.Receive(ctx, nil)
			asked = true
			end()
		}).
		AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) { end() }).
		Select(ctx)
	err = future.Get(ctx, ended)
	return asked && err != nil && ctx.Err() == nil && causeOf(err) == CauseCancelled, err
}
