package activities

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"ringback/decision"
	"ringback/internal/delivery"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/workflows"
)

// The bounds of first attempts that the worker makes that has decided on them.
const (
	// firstWait is how long a decision waits for the first attempts at its deliveries. What
	// takes longer goes on by itself, and the dispatch activity takes it over.
	firstWait = 300 * time.Millisecond

	// mostFirst is how many of them are in progress at once in one process.
	mostFirst = 128
)

// firstAttempts are the first attempts in progress that were begun with their decisions.
// The zero value has none.
type firstAttempts struct {
	mu       sync.Mutex
	running  map[string]*firstAttempt // by delivery
	overdue  map[string]int           // how many decisions wait for no longer, by integration and by host
	reserved int                      // also those that have not begun
	ending   bool                     // the worker is about to stop
	idle     chan struct{}            // closed when there is none any more; nil if nobody waits for that
}

// firstAttempt is a first attempt whose slot is taken: it is sent once its decision, and that
// it was begun, are stored.
type firstAttempt struct {
	*sending
	leave    func() // the gate, after the attempt
	giveBack func() // the slot and the rate of the gate, without an attempt
	unspend  func() // the send of the day
	begun    bool   // from then on the attempt itself returns what it has taken
	ended    chan struct{}
	result   workflows.Dispatched // once ended; without a state if another attempt follows
	overdue  bool                 // guarded by firstAttempts
}

// reserve takes a slot for the first attempt at a delivery that is about to be stored, and
// marks its row as begun. It returns nil if the delivery cannot go at once: its integration
// or its host is not well or has no free slot, or this process makes enough attempts. Such a
// delivery is the dispatch activity's.
func (d *Dispatch) reserve(ctx context.Context, row *deliveries.Delivery, i integrations.Integration, b integrations.Breaker) *firstAttempt {
	s := d.sendingOf(*row, i, b)
	if d.mustWait(ctx, s) != nil || b.IsOpen() || b.Failures > 0 || !d.first.enter(s) {
		return nil
	}
	a := &firstAttempt{sending: s, ended: make(chan struct{})}
	if a.leave, a.giveBack = d.Gate.EnterFree(ctx, s.origin(), s.policy.Limits); a.leave == nil {
		d.first.exit(a)
		return nil
	}
	day, unspend, err := d.Daily.Take(ctx, s.integration.SiteID)
	if err != nil || day.UsedUp || d.Hosts.Begin(s.host, s.lease()) > 0 {
		if err == nil && !day.UsedUp {
			unspend()
		}
		a.giveBack()
		d.first.exit(a)
		return nil
	}
	a.unspend = unspend
	begun := now(d.Clock)
	row.Attempts, row.LeasedAt, row.LeasedUntil = 1, new(begun), new(begun.Add(s.lease()))
	s.delivery = *row
	return a
}

// cancelUnbegun returns what was reserved for those attempts that are not made.
func (d *Dispatch) cancelUnbegun(reserved []*firstAttempt) {
	for _, a := range reserved {
		if a.begun {
			continue
		}
		d.Hosts.End(a.host, a.integration.SiteID, delivery.ClassInterrupted)
		a.unspend()
		a.giveBack()
		d.first.exit(a)
	}
}

// beginFirst makes first attempts whose rows are stored, and returns when they have ended, or
// after firstWait. What has not ended by then goes on.
func (d *Dispatch) beginFirst(ctx context.Context, all []*firstAttempt) {
	ctx = context.WithoutCancel(ctx)
	for _, a := range all {
		a.begun = true
		d.first.begin(a)
		go d.makeFirst(ctx, a)
	}
	timer := d.Clock.NewTimer(firstWait)
	defer timer.Stop()
	for _, a := range all {
		select {
		case <-a.ended:
		case <-timer.Chan():
			d.first.leaveBehind(all)
			return
		}
	}
}

// makeFirst makes a first attempt. What became of it is stored, so that an error to store it
// is only logged: the dispatch activity follows after the lease.
func (d *Dispatch) makeFirst(ctx context.Context, a *firstAttempt) {
	defer d.first.exit(a)
	defer a.leave()
	defer func() {
		if p := recover(); p != nil { // in an activity it would end that alone, too
			d.Logger.LogAttrs(ctx, slog.LevelError, "delivery.panicked", slog.String("delivery_id", a.delivery.ID), slog.String("panic", fmt.Sprintf("%T", p)))
		}
	}()
	a.result, _ = d.makeAttempt(ctx, a.sending, 1, a.leave)
}

// enter counts an attempt that may be made, and reports whether it may.
func (f *firstAttempts) enter(s *sending) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ending || f.reserved >= mostFirst || f.overdue[s.integration.ID] > 0 || s.host != "" && f.overdue[s.host] > 0 {
		return false
	}
	f.reserved++
	return true
}

func (f *firstAttempts) begin(a *firstAttempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running == nil {
		f.running, f.overdue = map[string]*firstAttempt{}, map[string]int{}
	}
	f.running[a.delivery.ID] = a
}

// leaveBehind notes that decisions wait for these attempts no longer. Until they have ended
// no other first attempt is made at their integrations and hosts, so that one that hangs
// delays one decision, not all (G6).
func (f *firstAttempts) leaveBehind(all []*firstAttempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range all {
		if f.running[a.delivery.ID] == a {
			a.overdue = true
			f.overdue[a.integration.ID]++
			f.overdue[a.host]++
		}
	}
}

// exit counts an attempt out that has ended, or is not made.
func (f *firstAttempts) exit(a *firstAttempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(a.ended)
	delete(f.running, a.delivery.ID)
	if a.overdue {
		f.settle(a.integration.ID)
		f.settle(a.host)
	}
	if f.reserved--; f.reserved == 0 && f.idle != nil {
		close(f.idle)
		f.idle = nil
	}
}

func (f *firstAttempts) settle(key string) {
	if f.overdue[key]--; f.overdue[key] == 0 {
		delete(f.overdue, key)
	}
}

// join waits for the first attempt at a delivery if it is under way in this process. It waits
// also if its activity is cancelled: an attempt in progress is not cut off.
func (f *firstAttempts) join(deliveryID string) {
	f.mu.Lock()
	a := f.running[deliveryID]
	f.mu.Unlock()
	if a != nil {
		<-a.ended
	}
}

// EndFirst begins no first attempts any more, and waits until those under way have ended, or
// the context has.
func (d *Dispatch) EndFirst(ctx context.Context) {
	idle := d.first.end()
	if idle == nil {
		return
	}
	select {
	case <-idle:
	case <-ctx.Done():
	}
}

func (f *firstAttempts) end() (idle <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ending = true
	if f.reserved > 0 && f.idle == nil {
		f.idle = make(chan struct{})
	}
	return f.idle
}

// reserveFirst reserves first attempts at the deliveries that are about to be stored, and
// adds them to those that are reserved.
func (a *Conversions) reserveFirst(ctx context.Context, set decision.Set, rows models.DecisionSet, reserved *[]*firstAttempt) {
	if a.First == nil {
		return
	}
	for n := range rows.Deliveries {
		row := &rows.Deliveries[n]
		i := integrationOf(set.Case, *row)
		if first := a.First.reserve(ctx, row, i, set.Case.BreakerOf(i.ID)); first != nil {
			*reserved = append(*reserved, first)
		}
	}
}

// sendFirst makes the reserved attempts at deliveries that are stored, and not the others,
// which were decided before. It returns how the deliveries ended that
// have. With the last one that was open the conversion is done, if its decisions are final.
func (a *Conversions) sendFirst(ctx context.Context, reserved []*firstAttempt, all models.StandingDecisions, final bool) (ended map[string]workflows.Dispatched, done bool) {
	open := map[string]bool{}
	for _, d := range all.Deliveries {
		if !d.State.Final() {
			open[d.ID] = true
		}
	}
	var begun []*firstAttempt
	for _, first := range reserved {
		if open[first.delivery.ID] {
			first.last = final && len(open) == 1
			begun = append(begun, first)
		}
	}
	if len(begun) == 0 {
		return nil, false
	}
	a.First.beginFirst(ctx, begun)
	ended = map[string]workflows.Dispatched{}
	for _, first := range begun {
		if how, ok := first.outcome(); ok {
			ended[first.delivery.ID], done = how, first.last
		}
	}
	return ended, done
}

// outcome returns how the delivery has ended. It reports false if it has not.
func (a *firstAttempt) outcome() (workflows.Dispatched, bool) {
	select {
	case <-a.ended:
		return a.result, a.result.State != ""
	default:
		return workflows.Dispatched{}, false
	}
}
