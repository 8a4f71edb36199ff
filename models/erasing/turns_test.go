package erasing_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/erasing"
	"ringback/models/modeltest"
)

var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// aged is a site with rows that became due one minute after the other.
type aged struct {
	rows   int
	broken error
}

// log is a progress that keeps every lag.
type log struct {
	modeltest.Progress
	lags []time.Duration
}

func (l *log) ExpiryLag(_ string, lag time.Duration) { l.lags = append(l.lags, lag) }

// TestG6_SitesTakeTurnsInErasing has sites with one, seven and four rows, and one that
// cannot be erased.
func TestG6_SitesTakeTurnsInErasing(t *testing.T) {
	t.Parallel()
	broken := errors.New("it cannot be erased")
	now := begin.Add(10 * time.Minute)
	var order []int
	turns := erasing.Turns[*aged]{What: "visits", Limit: 3, Erase: func(_ context.Context, site *aged, from time.Time) (erasing.Piece, bool, error) {
		order = append(order, site.rows)
		if site.broken != nil {
			return erasing.Piece{}, true, site.broken
		}
		first := max(0, int(from.Sub(begin)/time.Minute)) // the last one erased is looked at again
		rows := min(3, site.rows)
		site.rows -= rows
		oldest := begin.Add(time.Duration(first) * time.Minute)
		return erasing.Piece{Rows: rows, Oldest: oldest, Newest: oldest.Add(time.Duration(rows) * time.Minute), Due: now.Sub(oldest)}, true, nil
	}}
	sites := []*aged{{rows: 1}, {rows: 7}, {rows: 4}}
	progress := &log{Progress: modeltest.NewProgress()}
	mine, err := turns.Run(t.Context(), sites, progress)
	require.NoError(t, err)
	require.True(t, mine)
	require.Equal(t, []int{1, 7, 4, 4, 1, 1}, order)
	require.Equal(t, map[string]int{"visits": 12}, progress.Rows)
	require.Equal(t, []time.Duration{10 * time.Minute, 7 * time.Minute, 0}, progress.lags, "each piece begins where the last one ended")

	sites = []*aged{{broken: broken}, {rows: 2}}
	mine, err = turns.Run(t.Context(), sites, progress)
	require.ErrorIs(t, err, broken)
	require.True(t, mine)
	require.Zero(t, sites[1].rows, "the other site has its turn")
}

// TestG6_ErasingEndsWhenAnotherProcessErases is refused the turn after two sites.
func TestG6_ErasingEndsWhenAnotherProcessErases(t *testing.T) {
	t.Parallel()
	var asked []string
	turns := erasing.Turns[string]{What: "visits", Limit: 1, Erase: func(_ context.Context, site string, _ time.Time) (erasing.Piece, bool, error) {
		asked = append(asked, site)
		return erasing.Piece{Rows: 1}, len(asked) < 3, nil
	}}
	mine, err := turns.Run(t.Context(), []string{"a", "b", "c", "d"}, modeltest.NewProgress())
	require.NoError(t, err)
	require.False(t, mine)
	require.True(t, slices.Equal([]string{"a", "b", "c"}, asked), asked)
}
