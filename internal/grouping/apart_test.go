package grouping_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/grouping"
)

func TestG6_CallsThatFailTheirGroupAreLeftOutOfIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &work{hold: make(chan struct{})}
		q := grouping.New(grouping.Options[string, string]{
			Most: 10, AtOnce: 1, Clock: clockwork.NewRealClock(), Alone: w.byItself,
			Together: func(ctx context.Context, calls []string) ([]string, error) {
				results, err := w.together(ctx, calls)
				if at := slices.IndexFunc(calls, func(c string) bool { return strings.HasPrefix(c, "bad") }); at >= 0 {
					return nil, fmt.Errorf("storing: %w", &grouping.ApartError{Places: []int{at}, Err: err})
				}
				return results, err
			},
		})
		var ended []<-chan result
		for _, call := range []string{"0", "a", "bad 1", "b", "bad 2", "c"} {
			ended = append(ended, start(t.Context(), q, "key", call))
		}
		close(w.hold)
		for i, out := range []string{"0 alone", "a together", "", "b together", "", "c together"} {
			r := <-ended[i]
			require.Equal(t, out, r.out)
			require.Equal(t, out == "", errors.Is(r.err, errBad))
		}
		require.Equal(t, [][]string{{"a", "bad 1", "b", "bad 2", "c"}, {"a", "b", "bad 2", "c"}, {"a", "b", "c"}}, w.groups)
	})
}

// TestG6_GroupsWithTheSameSubjectRunOneAfterAnother has calls of two subjects wait while a group
// with the first one runs, also for longer than a group keeps others waiting.
func TestG6_GroupsWithTheSameSubjectRunOneAfterAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &work{hold: make(chan struct{})}
		q := grouping.New(grouping.Options[string, string]{
			Most: 10, AtOnce: 2, Clock: clockwork.NewRealClock(), Together: w.together, Alone: w.byItself,
			Subject: func(call string) string { return call[:1] },
		})
		ended := []<-chan result{start(t.Context(), q, "key", "a1")}
		for _, call := range []string{"a2", "a3", "b1", "a4"} {
			ended = append(ended, start(t.Context(), q, "key", call))
		}
		require.Equal(t, []string{"a1", "b1"}, w.ran(), "b1 waits for nobody")
		w.hold <- struct{}{}
		synctest.Wait()
		<-clockwork.NewRealClock().After(time.Minute)
		synctest.Wait()
		close(w.hold)
		for _, e := range ended {
			require.NoError(t, (<-e).err)
		}
		require.Equal(t, [][]string{{"a2", "a3", "a4"}}, w.groups, "not beside the group with a1")
		require.Equal(t, []string{"a1", "b1"}, w.ran())
	})
}
