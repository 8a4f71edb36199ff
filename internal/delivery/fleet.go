package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/ids"
)

// The times by which workers divide limits. A worker uses what it holds for validFor
// after its last beat, and its last delivery may wait in the queue for MaxWait. Others
// take it over when they have seen no beat for deadAfter by their own clocks.
const (
	beatEvery  = 2 * time.Second
	validFor   = 4 * time.Second
	deadAfter  = 8 * time.Second
	claimEvery = 500 * time.Millisecond // the least time between two claims of one integration
	idleFor    = time.Minute            // without a delivery, until a worker releases slots that nobody needs
)

// Beat is what a worker is answered when it counts a beat.
type Beat struct {
	Removed   bool             // another worker has taken this one for dead
	Workers   map[string]int64 // the beats of all workers that hold slots, by id
	Contested []string         // integrations whose slots this worker holds, and another one needs
	Open      []OpenHost       // what other workers have found
}

// FleetStore holds which workers there are, and what each holds of the slots of
// integrations. models.Store implements it.
type FleetStore interface {
	JoinFleet(ctx context.Context, workerID string) (Beat, error)
	BeatFleet(ctx context.Context, workerID string) (Beat, error)
	RemoveWorker(ctx context.Context, workerID string, beats int64) error
	LeaveFleet(ctx context.Context, workerID string) error
	// SetOpenHosts stores the openings of hosts that a worker probes, in place of those before.
	SetOpenHosts(ctx context.Context, workerID string, openings map[string]int) error
	ClaimSlots(ctx context.Context, workerID, integrationID string, decide Decide) (held Holding, member bool, err error)
}

// Fleet divides the limits of integrations among all workers, so that max_concurrent and
// per_second are what the owner has set, however many workers run. Each worker holds some
// slots of an integration and sends within them without asking anybody.
type Fleet struct {
	gate  *Gate
	hosts *Hosts
	store FleetStore
	clock clockwork.Clock
	log   *slog.Logger

	turn     sync.Mutex     // one beat at a time; it guards the next two
	stored   map[string]int // openings of hosts
	storedBy string         // under this id of the worker

	mu      sync.Mutex
	id      string    // empty while this worker holds nothing
	renewed time.Time // when the last beat began that was stored
	workers int       // that hold slots, as of then
	seen    map[string]sighting
	away    bool
}

// sighting is when another worker's count of beats was first seen.
type sighting struct {
	beats int64
	at    time.Time
}

// NewFleet makes a gate divide its limits with those of other workers, and shares the
// breakers of hosts with them.
func NewFleet(gate *Gate, hosts *Hosts, store FleetStore, clock clockwork.Clock, log *slog.Logger) *Fleet {
	f := &Fleet{gate: gate, hosts: hosts, store: store, clock: clock, log: log, seen: map[string]sighting{}}
	gate.fleet = f
	return f
}

// Run keeps what this worker holds until ctx is done, and then releases it. It must end
// after the last send.
func (f *Fleet) Run(ctx context.Context) {
	contested := make(chan []string, 1)
	var settling sync.WaitGroup
	settling.Go(func() { f.settleEach(ctx, contested) })
	f.beatUntil(ctx, contested)
	close(contested)
	settling.Wait()
	f.record(ctx, f.leave(context.WithoutCancel(ctx)))
}

// beatUntil counts beats until ctx is done. What follows from a beat is done beside it,
// because it may take longer than to the next one.
func (f *Fleet) beatUntil(ctx context.Context, contested chan<- []string) {
	ticker := f.clock.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.Chan():
		case <-ctx.Done():
			return
		}
		ids, err := f.beat(ctx)
		f.record(ctx, err)
		if err != nil {
			continue
		}
		select {
		case contested <- ids:
		default: // the next beat returns them again
		}
	}
}

// claimFor makes sure that this worker may use what it holds of an integration's slots,
// and claims some if it has too few for another delivery.
func (f *Fleet) claimFor(ctx context.Context, q *integrationQueue, integrationID string, limits Limits) error {
	f.gate.use(q, f.clock.Now())
	if err := f.renew(ctx); err != nil {
		return err
	}
	if err := q.beginClaim(ctx); err != nil {
		return err
	}
	defer q.endClaim()
	if !f.gate.mustClaim(q, limits, f.clock.Now()) {
		return nil
	}
	return f.claim(ctx, q, integrationID, q.want)
}

// renew makes sure that this worker is one of the fleet, and that no other takes over
// what it holds.
func (f *Fleet) renew(ctx context.Context) error {
	if f.valid() {
		return nil
	}
	f.turn.Lock()
	defer f.turn.Unlock()
	if f.valid() {
		return nil
	}
	_, err := f.beatInTurn(ctx, true)
	return err
}

func (f *Fleet) valid() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.id != "" && f.clock.Since(f.renewed) < validFor
}

// beat counts a beat if this worker holds anything. It returns which integrations' slots
// others need.
func (f *Fleet) beat(ctx context.Context) (contested []string, err error) {
	f.turn.Lock()
	defer f.turn.Unlock()
	if f.current() == "" {
		return nil, nil
	}
	return f.beatInTurn(ctx, false)
}

// record logs when the database stops storing what this worker holds, and when it stores
// it again.
func (f *Fleet) record(ctx context.Context, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if ctx.Err() != nil || (err != nil) == f.away {
		return
	}
	f.away = err != nil
	if f.away {
		f.log.LogAttrs(ctx, slog.LevelWarn, "limits.not_renewed", slog.Any("error", err))
		return
	}
	f.log.LogAttrs(ctx, slog.LevelInfo, "limits.renewed")
}

// beatInTurn counts a beat, and removes workers that have stopped. With join it adds this
// worker if it is none of the fleet.
func (f *Fleet) beatInTurn(ctx context.Context, join bool) (contested []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, validFor)
	defer cancel()
	began := f.clock.Now()
	beat, id, err := f.count(ctx)
	if err == nil && beat.Removed {
		if f.lose(id) {
			f.log.LogAttrs(ctx, slog.LevelWarn, "limits.lost", slog.String("worker", id))
		}
		if !join {
			return nil, nil
		}
		beat, id, err = f.count(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("keeping the slots of this worker: %w", err)
	}
	removed := f.remove(ctx, f.observe(id, began, beat.Workers))
	return beat.Contested, errors.Join(removed, f.shareHosts(ctx, id, beat.Open))
}

// remove removes workers that have stopped.
func (f *Fleet) remove(ctx context.Context, dead map[string]int64) error {
	var errs []error
	for other, beats := range dead {
		f.log.LogAttrs(ctx, slog.LevelWarn, "limits.taken_over", slog.String("worker", other))
		errs = append(errs, f.store.RemoveWorker(ctx, other, beats))
	}
	return errors.Join(errs...)
}

// count counts a beat of this worker, or adds it to the fleet under a new id.
func (f *Fleet) count(ctx context.Context) (beat Beat, id string, err error) {
	if id = f.current(); id != "" {
		beat, err = f.store.BeatFleet(ctx, id)
		return beat, id, err
	}
	id = ids.New(ids.Worker)
	beat, err = f.store.JoinFleet(ctx, id)
	return beat, id, err
}

func (f *Fleet) current() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.id
}

// lose forgets what this worker holds under an id, and reports whether it still has that id.
func (f *Fleet) lose(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.id != id {
		return false
	}
	f.id, f.seen = "", map[string]sighting{}
	f.gate.dropStakes(f.clock.Now())
	return true
}

// observe takes the beats of all workers, and returns those of the workers that have
// stopped. No times of two clocks are compared.
func (f *Fleet) observe(id string, began time.Time, workers map[string]int64) (dead map[string]int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.id, f.renewed, f.workers = id, began, len(workers)
	dead = map[string]int64{}
	seen := make(map[string]sighting, len(workers))
	for other, beats := range workers {
		last, known := f.seen[other]
		if !known || last.beats != beats {
			last = sighting{beats: beats, at: began}
		}
		seen[other] = last
		if other != id && began.Sub(last.at) >= deadAfter {
			dead[other] = beats
		}
	}
	f.seen = seen
	return dead
}
