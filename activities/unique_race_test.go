package activities_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/activities"
	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/workflows"
)

// heldStore is a real store whose first decisions are stored only when a test allows it.
type heldStore struct {
	*models.Store
	judged  func()        // called when the decisions are made
	release chan struct{} // closed when they may be stored
}

func (s heldStore) SaveDecisions(ctx context.Context, d models.DecisionSet) (models.StandingDecisions, error) {
	s.judged()
	<-s.release
	return s.Store.SaveDecisions(ctx, d) //nolint:wrapcheck // it stands in for the store
}

// heldDecision is a decision that is made and not stored yet.
type heldDecision struct {
	release chan struct{}
	sent    chan int
	err     error
}

// hold makes a decision on a conversion, and returns when it is to be stored.
func hold(w world, s *models.Store, decide func(*activities.Conversions) (int, error)) *heldDecision {
	h, judged := &heldDecision{release: make(chan struct{}), sent: make(chan int, 1)}, make(chan struct{})
	isJudged := sync.OnceFunc(func() { close(judged) })
	of := apart(w)
	of.Store = heldStore{Store: s, judged: isJudged, release: h.release}
	go func() {
		defer isJudged() // if there was nothing to store
		var sent int
		sent, h.err = decide(of)
		h.sent <- sent
	}()
	<-judged
	return h
}

// apart returns activities that can be used beside those of a world.
func apart(w world) *activities.Conversions {
	of := *w.Conversions
	of.Metrics = decisionCounter{}
	return &of
}

// stored stores the decision and returns how many deliveries it led to.
func (h *heldDecision) stored(t *testing.T) int {
	t.Helper()
	close(h.release)
	sent := <-h.sent
	require.NoError(t, h.err)
	return sent
}

// atEnd decides on a conversion at its end.
func atEnd(t *testing.T, id string) func(*activities.Conversions) (int, error) {
	return func(of *activities.Conversions) (int, error) {
		decided, err := of.Decide(t.Context(), workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
		return len(decided.Deliveries), err
	}
}

// beforeEnd decides on a call what can be decided before its end.
func beforeEnd(t *testing.T, id string) func(*activities.Conversions) (int, error) {
	return func(of *activities.Conversions) (int, error) {
		planned, err := of.Plan(t.Context(), workflows.PlanInput{ConversionID: id})
		return len(planned.Early), err
	}
}

// eachRace runs a test on both databases for each metric that asks who came first, with the
// decision on either call stored first, and with that on the later one made before its end.
func eachRace(t *testing.T, test func(t *testing.T, metric conversion.Metric, laterFirst, early bool, s *models.Store, clock *clockwork.FakeClock)) {
	t.Helper()
	for _, metric := range []conversion.Metric{conversion.MetricUnique, conversion.MetricUniqueTarget} {
		for _, laterFirst := range []bool{true, false} {
			for _, early := range []bool{true, false} {
				if early && metric == conversion.MetricUniqueTarget {
					continue // it is not known before the end
				}
				t.Run(fmt.Sprintf("%s/later first %t/early %t", metric, laterFirst, early), func(t *testing.T) {
					t.Parallel()
					modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
						test(t, metric, laterFirst, early, s, clock)
					})
				})
			}
		}
	}
}

// The later call is judged before the earlier one is reported, and neither decision is
// stored when the other one is made.
func TestR5_CallsDecidedAtTheSameMomentAreUniqueOnce(t *testing.T) {
	t.Parallel()
	eachRace(t, func(t *testing.T, metric conversion.Metric, laterFirst, early bool, s *models.Store, clock *clockwork.FakeClock) {
		w, report := caseOfCaller(t, s, clock, metric)
		at := clock.Now()
		second := report("second", startedAt(at.Add(time.Minute)))
		decide := beforeEnd(t, second)
		if !early {
			report("second", answeredUntil(at.Add(2*time.Minute)))
			decide = atEnd(t, second)
		}
		later := hold(w, s, decide)
		clock.Advance(time.Second)
		first := report("first", startedAt(at))
		report("first", answeredUntil(at.Add(5*time.Minute)))
		earlier := hold(w, s, atEnd(t, first))
		order := []*heldDecision{earlier, later}
		if laterFirst {
			order = []*heldDecision{later, earlier}
		}
		sent := 0
		for _, held := range order {
			sent += held.stored(t)
		}
		if early {
			report("second", answeredUntil(at.Add(6*time.Minute)))
			decidedAs(t, w, second)
		}
		require.Equal(t, 1, sent)
		require.Equal(t, 1, countedAs(t, s, metric, first, second))
	})
}

// countedAs returns how many conversions are stored as unique, or as unique target calls.
func countedAs(t *testing.T, s *models.Store, metric conversion.Metric, ids ...string) (counted int) {
	t.Helper()
	for _, id := range ids {
		c, err := s.Case(t.Context(), id)
		require.NoError(t, err)
		require.NotNil(t, c.Conversion.DecidedAt)
		flag := c.Conversion.Unique
		if metric == conversion.MetricUniqueTarget {
			flag = c.Conversion.UniqueTarget
		}
		if flag != nil && *flag {
			counted++
		}
	}
	return counted
}

// Decisions on calls of one person take turns in PostgreSQL: the second one is compared with
// what the first one has stored, also if that is committed after the second has begun.
func TestR5_AnUncommittedDecisionIsWaitedFor(t *testing.T) {
	t.Parallel()
	dsn := modeltest.MigratedPostgres(t)
	clock := clockwork.NewFakeClockAt(modeltest.Start)
	s := modeltest.Open(t, dsn, clock)
	w, report := caseOfCaller(t, s, clock, conversion.MetricUnique)
	db, at := modeltest.SQL(t, dsn), clock.Now()
	stop, stopping := modeltest.Holding(t, db, "LOCK TABLE decisions IN EXCLUSIVE MODE")
	second := report("second", startedAt(at.Add(time.Minute)))
	report("second", answeredUntil(at.Add(2*time.Minute)))
	sent := make(chan int, 2)
	decide := func(id string) {
		n, err := atEnd(t, id)(apart(w))
		if err != nil {
			t.Error(err)
		}
		sent <- n
	}
	go decide(second)
	held := modeltest.Blocked(t, db, stopping) // it has found no other call, and is not committed
	first := report("first", startedAt(at))
	report("first", answeredUntil(at.Add(5*time.Minute)))
	go decide(first)
	modeltest.Blocked(t, db, held)
	require.NoError(t, stop.Rollback())
	require.Equal(t, 1, <-sent+<-sent)
	require.Equal(t, 1, countedAs(t, s, conversion.MetricUnique, first, second))
}

// conversionsOfOnePerson are some calls or leads of one person. A step does the next of what is
// to be done of one of them.
type conversionsOfOnePerson struct {
	ids   []string
	steps [][]func()
	sent  int // deliveries of leads
}

func (c *conversionsOfOnePerson) step(n int) {
	c.steps[n][0]()
	c.steps[n] = c.steps[n][1:]
}

// inAnyOrder does all that is to be done, a millisecond after each other.
func (c *conversionsOfOnePerson) inAnyOrder(random *rand.Rand, clock *clockwork.FakeClock) {
	for left := c.unfinished(); len(left) > 0; left = c.unfinished() {
		c.step(left[random.IntN(len(left))])
		clock.Advance(time.Millisecond)
	}
}

// unfinished returns the conversions of which something is still to be done.
func (c *conversionsOfOnePerson) unfinished() (left []int) {
	for n, steps := range c.steps {
		if len(steps) > 0 {
			left = append(left, n)
		}
	}
	return left
}

// callsOfOnePerson reports and decides on some calls of one person, each from a start and until
// an end that are random.
func callsOfOnePerson(t *testing.T, random *rand.Rand, count int, s *models.Store, clock *clockwork.FakeClock) *conversionsOfOnePerson {
	t.Helper()
	w, report := caseOfCaller(t, s, clock, conversion.MetricUnique)
	c := &conversionsOfOnePerson{ids: make([]string, count), steps: make([][]func(), count)}
	for n := range count {
		name, start := fmt.Sprintf("call-%d", n), clock.Now().Add(time.Duration(random.IntN(count))*time.Minute)
		end := start.Add(time.Duration(1+random.IntN(10)) * time.Minute)
		var held *heldDecision
		store := func() { held.stored(t) }
		steps := []func(){func() { c.ids[n] = report(name, startedAt(start)) }}
		if random.IntN(2) == 0 {
			steps = append(steps, func() { held = hold(w, s, beforeEnd(t, c.ids[n])) }, store)
		}
		c.steps[n] = append(steps, func() { report(name, answeredUntil(end)) }, func() { held = hold(w, s, atEnd(t, c.ids[n])) }, store)
	}
	return c
}

// Whenever the calls of one person are reported, judged and decided, one of those within the
// uniqueness days is unique, and one is a unique target call.
func TestR5_InAnyOrderOnePersonCountsOnce(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		for seed := range uint64(20) {
			random := rand.New(rand.NewPCG(seed, 1))
			c := callsOfOnePerson(t, random, 4, s, clock)
			c.inAnyOrder(random, clock)
			require.Equal(t, 1, countedAs(t, s, conversion.MetricUnique, c.ids...), "seed %d", seed)
			require.Equal(t, 1, countedAs(t, s, conversion.MetricUniqueTarget, c.ids...), "seed %d", seed)
		}
	})
}

// The same holds at the same time on PostgreSQL, where decisions are stored side by side.
func TestR5_ConcurrentlyOnePersonCountsOnce(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(modeltest.Start)
	s := modeltest.Open(t, modeltest.MigratedPostgres(t), clock)
	for seed := range uint64(6) {
		c := callsOfOnePerson(t, rand.New(rand.NewPCG(seed, 2)), 6, s, clock)
		var all sync.WaitGroup
		for n := range c.ids {
			all.Go(func() {
				for len(c.steps[n]) > 0 {
					c.step(n)
				}
			})
		}
		all.Wait()
		require.Equal(t, 1, countedAs(t, s, conversion.MetricUnique, c.ids...), "seed %d", seed)
		require.Equal(t, 1, countedAs(t, s, conversion.MetricUniqueTarget, c.ids...), "seed %d", seed)
	}
}
