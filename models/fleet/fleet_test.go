package fleet_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/models"
	"ringback/models/modeltest"
)

// eachInBubble runs a test on both databases, in a bubble in which time passes only
// while everybody waits for it.
func eachInBubble(t *testing.T, test func(t *testing.T, s *models.Store)) {
	t.Helper()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		synctest.Test(t, func(t *testing.T) { test(t, modeltest.Open(t, dsn, clockwork.NewRealClock())) })
	})
}

// worker is a process that sends.
type worker struct {
	gate  *delivery.Gate
	hosts *delivery.Hosts
	store *mortal
	stop  func() // ends the process in order
	kill  func() // ends it without
}

// startWorker starts a worker. A killed one keeps what it holds in the database.
func startWorker(t *testing.T, store delivery.FleetStore) *worker {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	dead := &mortal{FleetStore: store}
	gate := delivery.NewGate(clockwork.NewRealClock(), func() float64 { return 0.5 }, delivery.Shares{PerSite: 250, PerHost: 250}, uncounted{})
	hosts := delivery.NewHosts(clockwork.NewRealClock())
	fleet := delivery.NewFleet(gate, hosts, dead, clockwork.NewRealClock(), slog.New(slog.DiscardHandler))
	var running sync.WaitGroup
	running.Go(func() { fleet.Run(ctx) })
	stop := func() { cancel(); running.Wait() }
	t.Cleanup(stop)
	return &worker{gate: gate, hosts: hosts, store: dead, stop: stop, kill: func() { dead.die(); stop() }}
}

type uncounted struct{}

func (uncounted) Refused(string) {}

// mortal is the store of a process that may die. It counts what is stored.
type mortal struct {
	delivery.FleetStore
	mu     sync.Mutex
	dead   bool
	claims int
	answer time.Duration // from the commit of a claim to its answer
}

var errDead = errors.New("the process is dead")

func (m *mortal) die() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead = true
}

func (m *mortal) answerAfter(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answer = d
}

func (m *mortal) revive() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead = false
}

func (m *mortal) alive() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return errDead
	}
	return nil
}

// claimed returns how often slots were claimed since the last call.
func (m *mortal) claimed() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	claims := m.claims
	m.claims = 0
	return claims
}

func (m *mortal) ClaimSlots(ctx context.Context, id, integrationID string, decide delivery.Decide) (delivery.Holding, bool, error) {
	if err := m.alive(); err != nil {
		return delivery.Holding{}, false, err
	}
	m.mu.Lock()
	m.claims++
	answer := m.answer
	m.mu.Unlock()
	held, member, err := m.FleetStore.ClaimSlots(ctx, id, integrationID, decide)
	wait(ctx, answer)
	return held, member, err
}

func (m *mortal) BeatFleet(ctx context.Context, id string) (delivery.Beat, error) {
	if err := m.alive(); err != nil {
		return delivery.Beat{}, err
	}
	return m.FleetStore.BeatFleet(ctx, id)
}

func (m *mortal) LeaveFleet(ctx context.Context, id string) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.FleetStore.LeaveFleet(ctx, id)
}

// sends is what the destination of one integration sees of all workers.
type sends struct {
	mu            sync.Mutex
	running, most int
	began         []time.Time
}

func (s *sends) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running++
	s.most = max(s.most, s.running)
	s.began = append(s.began, time.Now())
}

func (s *sends) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
}

// forget forgets all but the sends that are running.
func (s *sends) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.most, s.began = s.running, nil
}

func (s *sends) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.began)
}

// busiest returns the most sends that began within a time.
func (s *sends) busiest(within time.Duration) int {
	most, first := 0, 0
	for i, at := range s.began {
		for at.Sub(s.began[first]) >= within {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// feed has an endless backlog of deliveries at a worker, each dispatched again when the
// gate says, until ctx is done. It returns when all sends have ended.
func feed(ctx context.Context, w *worker, of string, limits delivery.Limits, deliveries int, took time.Duration, s *sends) {
	var all sync.WaitGroup
	for range deliveries {
		all.Go(func() {
			for ctx.Err() == nil {
				leave, err := w.gate.Enter(ctx, delivery.Origin{SiteID: "site_1", IntegrationID: of}, limits)
				full := &delivery.FullError{}
				if errors.As(err, &full) {
					wait(ctx, min(full.ReturnIn, 3*time.Second))
				}
				if err != nil {
					continue
				}
				s.begin()
				wait(ctx, took)
				s.end()
				leave()
			}
		})
	}
	all.Wait()
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func TestG6_LimitsHoldForAllWorkersTogether(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, store *models.Store) {
		limits := delivery.Limits{Slots: 10, PerSecond: 20}
		s := &sends{}
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 3 { // the first has all that others need later
			w := startWorker(t, store)
			w.store.answerAfter(300 * time.Millisecond)
			all.Go(func() { feed(ctx, w, "int_1", limits, 15, 600*time.Millisecond, s) })
			wait(ctx, 10*time.Second)
		}
		wait(ctx, 30*time.Second)
		cancel()
		all.Wait()
		require.LessOrEqual(t, s.most, limits.Slots)
		require.LessOrEqual(t, s.busiest(10*time.Second), 10*20+3, "each worker spaces its own sends evenly")
		require.Greater(t, s.count(), 60*10/6*10*7/10, "and what may be sent is sent")
	})
}

// send enters the gate and leaves it at once, and reports whether the worker could.
func send(t *testing.T, w *worker, of string, limits delivery.Limits) bool {
	t.Helper()
	leave, err := w.gate.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: of}, limits)
	if err == nil {
		leave()
	}
	return err == nil
}

// sendsWithin returns how long it takes until a worker may send.
func sendsWithin(t *testing.T, w *worker, of string, limits delivery.Limits) time.Duration {
	t.Helper()
	began := time.Now()
	for !send(t, w, of, limits) {
		require.Less(t, time.Since(began), time.Minute)
		<-time.After(time.Second)
	}
	return time.Since(began)
}

func TestG6_ADeadWorkersSlotsComeBackWithinSeconds(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, store *models.Store) {
		limits := delivery.Limits{Slots: 4}
		dying, other := startWorker(t, store), startWorker(t, store)
		for range 4 { // hang in the only slots that there are
			_, err := dying.gate.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: "int_1"}, limits)
			require.NoError(t, err)
		}
		require.False(t, send(t, other, "int_1", limits))
		<-time.After(20 * time.Second)
		require.False(t, send(t, other, "int_1", limits), "as long as the first one lives")
		dying.kill()
		require.Less(t, sendsWithin(t, other, "int_1", limits), 12*time.Second)
		s := &sends{}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		feed(ctx, other, "int_1", limits, 10, 100*time.Millisecond, s)
		require.Equal(t, limits.Slots, s.most, "all of them")
	})
}

func TestG6_AWorkerThatStopsGivesItsSlotsBackAtOnce(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, store *models.Store) {
		limits := delivery.Limits{Slots: 1}
		stopping, other := startWorker(t, store), startWorker(t, store)
		require.True(t, send(t, stopping, "int_1", limits))
		stopping.stop()
		require.True(t, send(t, other, "int_1", limits))
	})
}

func TestG6_ASlotThatIsNotNeededGoesToTheWorkerThatNeedsIt(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, store *models.Store) {
		limits := delivery.Limits{Slots: 1}
		idle, other := startWorker(t, store), startWorker(t, store)
		require.True(t, send(t, idle, "int_1", limits))
		require.False(t, send(t, other, "int_1", limits))
		require.LessOrEqual(t, sendsWithin(t, other, "int_1", limits), 5*time.Second)
		require.LessOrEqual(t, sendsWithin(t, idle, "int_1", limits), 5*time.Second)
	})
}

func TestG6_SendsWithinTheLimitsWriteNothing(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, store *models.Store) {
		limits := delivery.Limits{Slots: 10, PerSecond: 50}
		workers := []*worker{startWorker(t, store), startWorker(t, store), startWorker(t, store)}
		for i := range 150 {
			require.True(t, send(t, workers[i%3], "int_1", limits))
			<-time.After(time.Second)
			if i == 10 { // by now each has its part
				for _, w := range workers {
					w.store.claimed()
				}
			}
		}
		for _, w := range workers {
			require.LessOrEqual(t, w.store.claimed(), 2)
		}
	})
}

// What a worker holds is its own for a few seconds without the database, and then nobody's.
func TestG6_AWorkerWithoutTheDatabaseSendsUntilOthersMay(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, store *models.Store) {
		limits := delivery.Limits{Slots: 1}
		cut, other := startWorker(t, store), startWorker(t, store)
		require.True(t, send(t, cut, "int_1", limits))
		cut.store.die()
		<-time.After(time.Second)
		require.True(t, send(t, cut, "int_1", limits))
		took := sendsWithin(t, other, "int_1", limits)
		require.False(t, send(t, cut, "int_1", limits), "it is the other's now")
		require.Greater(t, took, 4*time.Second, "not while the first one may send")
	})
}

func TestG6_AWorkerThatWasTakenForDeadJoinsAgain(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, store *models.Store) {
		limits := delivery.Limits{Slots: 2}
		stalled, other := startWorker(t, store), startWorker(t, store)
		require.True(t, send(t, stalled, "int_1", limits))
		require.True(t, send(t, other, "int_1", limits))
		stalled.store.die()
		<-time.After(15 * time.Second)
		stalled.store.revive()
		require.LessOrEqual(t, sendsWithin(t, stalled, "int_1", limits), 5*time.Second)
	})
}

func TestG6_LoweredLimitsHoldForAllWorkers(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, store *models.Store) {
		var all sync.WaitGroup
		workers := []*worker{startWorker(t, store), startWorker(t, store), startWorker(t, store)}
		for _, limits := range []delivery.Limits{{Slots: 30}, {Slots: 2}} {
			ctx, cancel := context.WithCancel(t.Context())
			s := &sends{}
			for _, w := range workers {
				all.Go(func() { feed(ctx, w, "int_1", limits, 20, 200*time.Millisecond, s) })
			}
			wait(ctx, 5*time.Second) // until each has heard of them
			s.forget()
			wait(ctx, 20*time.Second)
			cancel()
			all.Wait()
			require.LessOrEqual(t, s.most, limits.Slots)
			require.Greater(t, s.most, limits.Slots/2)
		}
	})
}

// The answer to a claim takes a while, and others may use what the worker has released.
func TestG6_NoSendBeginsInASlotThatIsBeingReleased(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, store *models.Store) {
		limits := delivery.Limits{Slots: 4}
		giving, taking := startWorker(t, store), startWorker(t, store)
		var all sync.WaitGroup
		s := &sends{}
		before, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		feed(before, giving, "int_1", limits, 4, 100*time.Millisecond, s)
		require.Equal(t, limits.Slots, s.most)
		require.False(t, send(t, taking, "int_1", limits))
		giving.store.answerAfter(time.Second)
		<-time.After(2100*time.Millisecond - time.Second) // the claim began a tenth of a second ago
		ctx, end := context.WithTimeout(t.Context(), 10*time.Second)
		defer end()
		for _, w := range []*worker{giving, taking} {
			all.Go(func() { feed(ctx, w, "int_1", limits, 6, 10*time.Second, s) })
		}
		all.Wait()
		require.Equal(t, limits.Slots, s.most)
	})
}
