package activities_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"ringback/activities"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/database"
	"ringback/models/journeys"
	"ringback/models/websites"
	"ringback/worker"
	"ringback/workflows"
)

var _ activities.RecomputingStore = (*models.Store)(nil)

// figures are computed in pieces, each of which takes a while.
type figures struct {
	clock  *clockwork.FakeClock
	takes  time.Duration
	pieces int64
	made   int64
	err    error
}

func (f *figures) Rebuild(ctx context.Context, siteID string) (journeys.Progress, error) {
	if !database.IsLater(ctx) {
		return journeys.Progress{}, errors.New("it would keep decisions from connections to the database")
	}
	if siteID != "site_1" {
		return journeys.Progress{}, fault.New(fault.NotFound, "another site")
	}
	f.clock.Advance(f.takes)
	f.made++
	return journeys.Progress{Done: f.made, Total: f.pieces, More: f.made < f.pieces}, f.err
}

func (*figures) AccountOfSite(context.Context, string) (string, error) { return "acc_1", nil }

func (*figures) Site(_ context.Context, _, id string) (websites.Site, error) {
	return websites.Site{ID: id, Name: "Sample"}, nil
}

// recompute runs the activity once.
func recompute(t *testing.T, f *figures) (workflows.Recomputed, error) {
	t.Helper()
	return recomputeBy(t, f, gateOf(f.clock))
}

func recomputeBy(t *testing.T, f *figures, gate *delivery.Gate) (workflows.Recomputed, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	worker.RegisterRecomputingActivities(env, &activities.Recomputing{Store: f, Gate: gate, Clock: f.clock, Logger: slog.New(slog.DiscardHandler)})
	value, err := env.ExecuteActivity(workflows.RecomputeActivity, workflows.RecomputeInput{SiteID: "site_1"})
	if err != nil {
		return workflows.Recomputed{}, err
	}
	var done workflows.Recomputed
	require.NoError(t, value.Get(&done))
	return done, nil
}

func TestFiguresAreComputedForHalfAMinuteAtATime(t *testing.T) {
	t.Parallel()
	f := &figures{clock: clockwork.NewFakeClock(), takes: 4 * time.Second, pieces: 10}
	part, err := recompute(t, f)
	require.NoError(t, err)
	require.Equal(t, workflows.Recomputed{Done: 8, Total: 10, More: true, SiteName: "Sample"}, part)
	part, err = recompute(t, f)
	require.NoError(t, err)
	require.Equal(t, workflows.Recomputed{Done: 10, Total: 10, SiteName: "Sample"}, part)
}

func TestFiguresThatCannotBeStoredAreTriedAgain(t *testing.T) {
	t.Parallel()
	f := &figures{clock: clockwork.NewFakeClock(), pieces: 2, err: fault.New(fault.Unavailable, "the database is away")}
	_, err := recompute(t, f)
	require.ErrorContains(t, err, activities.ErrorComputing)
	require.EqualValues(t, 1, f.made)
}

// What is computed anew uses connections to the database that deliveries use too.
func TestG6_FiguresAreComputedForFewSitesAtOnce(t *testing.T) {
	t.Parallel()
	f := &figures{clock: clockwork.NewFakeClock(), pieces: 1}
	gate := gateOf(f.clock)
	var leave []func()
	for n := range 2 {
		end, err := gate.EnterComputation(fmt.Sprint("site_", n+2))
		require.NoError(t, err)
		leave = append(leave, end)
	}
	_, err := recomputeBy(t, f, gate)
	shown, delay := refusal(t, err, activities.ErrorWaiting)
	require.Equal(t, "waiting: computations", shown)
	require.GreaterOrEqual(t, delay, time.Second)
	require.Zero(t, f.made)
	leave[0]()
	f.clock.Advance(delay)
	_, err = recomputeBy(t, f, gate)
	require.NoError(t, err)
	_, err = recomputeBy(t, f, gate)
	require.NoError(t, err, "it has left its place")
}
