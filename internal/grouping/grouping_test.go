package grouping_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/grouping"
)

// work is what the calls of a test do. A call returns what it was given, with a mark.
type work struct {
	hold chan struct{} // is received from before a group or a call ends, unless it is nil

	mu     sync.Mutex
	groups [][]string // as they were run
	alone  []string
}

var errBad = errors.New("bad")

func (w *work) together(ctx context.Context, calls []string) ([]string, error) {
	w.mu.Lock()
	w.groups = append(w.groups, calls)
	w.mu.Unlock()
	var results []string
	for _, c := range calls {
		if _, err := do(c); err != nil {
			return nil, err
		}
		results = append(results, c+" together")
	}
	return results, w.wait(ctx)
}

func (w *work) byItself(ctx context.Context, call string) (string, error) {
	w.mu.Lock()
	w.alone = append(w.alone, call)
	w.mu.Unlock()
	if err := w.wait(ctx); err != nil {
		return "", err
	}
	return do(call)
}

func do(call string) (string, error) {
	switch {
	case strings.HasPrefix(call, "panics"):
		panic(call)
	case strings.HasPrefix(call, "bad"):
		return "", fmt.Errorf("%s: %w", call, errBad)
	}
	return call + " alone", nil
}

func (w *work) wait(ctx context.Context) error {
	if w.hold == nil {
		return nil
	}
	select {
	case <-w.hold:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func queueOf(w *work, most, atOnce int) *grouping.Queue[string, string] {
	return grouping.New(grouping.Options[string, string]{
		Most: most, AtOnce: atOnce, Clock: clockwork.NewRealClock(), Together: w.together, Alone: w.byItself,
	})
}

// ran returns the calls that were run by themselves.
func (w *work) ran() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.alone)
}

// result is what became of a call.
type result struct {
	out      string
	err      error
	panicked any
}

// start runs a call and returns where its result comes.
func start(ctx context.Context, q *grouping.Queue[string, string], key, call string) <-chan result {
	ended := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			r.panicked = recover()
			ended <- r
		}()
		r.out, r.err = q.Do(ctx, key, call)
	}()
	synctest.Wait()
	return ended
}

func TestNothingWaitsForCompany(t *testing.T) {
	t.Parallel()
	w := &work{}
	q := queueOf(w, 10, 1)
	for _, call := range []string{"a", "b"} {
		out, err := q.Do(t.Context(), "key", call)
		require.NoError(t, err)
		require.Equal(t, call+" alone", out)
	}
	require.Empty(t, w.groups)
}

func TestG6_KeysTakeTurnsInGroups(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &work{hold: make(chan struct{})}
		q := queueOf(w, 3, 1)
		first := start(t.Context(), q, "busy", "0")
		var waiting []<-chan result
		for _, call := range []string{"1", "2", "3", "4"} {
			waiting = append(waiting, start(t.Context(), q, "busy", call))
		}
		waiting = append(waiting, start(t.Context(), q, "quiet", "q1"), start(t.Context(), q, "quiet", "q2"))
		w.hold <- struct{}{}
		require.Equal(t, "0 alone", (<-first).out)
		w.hold <- struct{}{}
		w.hold <- struct{}{}
		for _, ended := range waiting {
			require.Contains(t, (<-ended).out, " together")
		}
		require.Equal(t, [][]string{{"1", "q1", "2"}, {"q2", "3", "4"}}, w.groups)
	})
}

func TestOneErrorFailsNoOtherCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &work{hold: make(chan struct{})}
		q := queueOf(w, 10, 1)
		first := start(t.Context(), q, "key", "bad 0")
		good, bad, panics := start(t.Context(), q, "key", "good"), start(t.Context(), q, "key", "bad"), start(t.Context(), q, "other", "panics")
		close(w.hold)
		require.ErrorIs(t, (<-first).err, errBad)
		require.Equal(t, result{out: "good alone"}, <-good)
		require.EqualError(t, (<-bad).err, "bad: bad")
		require.Equal(t, result{panicked: "panics"}, <-panics)
		require.Len(t, w.groups, 1)
		require.Equal(t, "bad 0", w.alone[0])
		require.Len(t, w.alone, 4, "an error of a call that was run by itself is its own")

		lone := start(t.Context(), q, "key", "panics 2")
		require.Equal(t, result{panicked: "panics 2"}, <-lone)
		require.Equal(t, "after alone", (<-start(t.Context(), q, "key", "after")).out)
	})
}

func TestG6_AKeyWhoseCallsFailLeavesPlacesToOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		var at, most atomic.Int64
		q := grouping.New(grouping.Options[string, string]{
			Most: 64, AtOnce: 1, Clock: clockwork.NewFakeClock(),
			Together: func(context.Context, []string) ([]string, error) { return nil, errBad },
			Alone: func(ctx context.Context, call string) (string, error) {
				now := at.Add(1)
				for top := most.Load(); now > top && !most.CompareAndSwap(top, now); top = most.Load() {
				}
				defer at.Add(-1)
				select {
				case <-hold:
					return call, nil
				case <-ctx.Done():
					return "", ctx.Err()
				}
			},
		})
		ended := []<-chan result{start(t.Context(), q, "busy", "0")}
		ctx, goes := context.WithCancel(t.Context())
		for i := range 20 {
			ended = append(ended, start(t.Context(), q, "busy", fmt.Sprint(i)))
		}
		gone := start(ctx, q, "busy", "goes")
		quiet := start(t.Context(), q, "quiet", "quiet")
		hold <- struct{}{}
		require.Equal(t, "0", (<-ended[0]).out)
		synctest.Wait()
		require.EqualValues(t, 5, at.Load(), "four of the busy key, and the other one")
		goes()
		require.ErrorIs(t, (<-gone).err, context.Canceled)
		close(hold)
		require.Equal(t, "quiet", (<-quiet).out)
		for _, e := range ended[1:] {
			require.NoError(t, (<-e).err)
		}
		require.EqualValues(t, 5, most.Load())
	})
}

func TestACallerThatGoesEndsNoGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &work{hold: make(chan struct{})}
		q := queueOf(w, 10, 1)
		goingCtx, goes := context.WithCancel(t.Context())
		earlyCtx, goesEarly := context.WithCancel(t.Context())
		first := start(t.Context(), q, "key", "0")
		early := start(earlyCtx, q, "key", "early")
		going, stays := start(goingCtx, q, "key", "going"), start(t.Context(), q, "key", "stays")
		goesEarly()
		require.ErrorIs(t, (<-early).err, context.Canceled)
		w.hold <- struct{}{}
		<-first
		synctest.Wait()
		goes()
		require.ErrorIs(t, (<-going).err, context.Canceled)
		w.hold <- struct{}{}
		require.Equal(t, "stays together", (<-stays).out)
		require.Equal(t, [][]string{{"going", "stays"}}, w.groups, "what had not begun is not run")

		// The work itself ends when nobody waits for it.
		ctx, allGo := context.WithCancel(t.Context())
		ended := []<-chan result{start(ctx, q, "key", "1"), start(ctx, q, "key", "2"), start(ctx, q, "key", "3")}
		w.hold <- struct{}{}
		require.Equal(t, "1 alone", (<-ended[0]).out)
		synctest.Wait()
		allGo()
		for _, e := range ended[1:] {
			require.ErrorIs(t, (<-e).err, context.Canceled)
		}
		synctest.Wait()
	})
}

func TestG6_AGroupThatHangsKeepsNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := clockwork.NewFakeClock()
		w := &work{hold: make(chan struct{})}
		q := grouping.New(grouping.Options[string, string]{Most: 10, AtOnce: 1, Clock: clock, Together: w.together, Alone: w.byItself})
		hanging, second := start(t.Context(), q, "key", "0"), start(t.Context(), q, "key", "1")
		require.Equal(t, []string{"0"}, w.ran())
		clock.Advance(250 * time.Millisecond)
		synctest.Wait()
		require.Equal(t, []string{"0", "1"}, w.ran())
		w.hold <- struct{}{}
		w.hold <- struct{}{}
		require.NoError(t, (<-hanging).err)
		require.NoError(t, (<-second).err)
	})
}

// TestEveryCallGetsItsOwnResult has many calls of several keys come and go at once.
func TestEveryCallGetsItsOwnResult(t *testing.T) {
	t.Parallel()
	w := &work{}
	q := queueOf(w, 16, 3)
	var callers sync.WaitGroup
	for caller := range 32 {
		callers.Go(func() {
			for i := range 100 {
				call := fmt.Sprintf("%d-%d", caller, i)
				ctx, cancel := context.WithCancel(t.Context())
				switch i % 10 {
				case 3:
					call = "bad " + call
				case 7:
					go cancel()
				}
				out, err := q.Do(ctx, fmt.Sprint(caller%5), call)
				cancel()
				switch {
				case i%10 == 3:
					if !errors.Is(err, errBad) {
						t.Errorf("%s returned %q, %v", call, out, err)
					}
				case i%10 == 7 && errors.Is(err, context.Canceled):
				case err != nil || !slices.Contains([]string{call + " alone", call + " together"}, out):
					t.Errorf("%s returned %q, %v", call, out, err)
				}
			}
		})
	}
	callers.Wait()
}
