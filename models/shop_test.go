package models_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/models/websites"
)

// The numbers on the pages of the shop, and the one that it shows if its pool is exhausted.
const (
	onThePages    = "+12025550190"
	defaultNumber = "+12025550191"
)

// shop is a site with one pool of numbers.
type shop struct {
	s    *models.Store
	site websites.Site
	pool tracking.Pool
}

// poolNumber is the n-th number of the shop's pool, from the ranges that are reserved for samples.
func poolNumber(n int) string { return fmt.Sprintf("+1%d555%04d", 303+n/100, 100+n%100) }

// shopWith makes a shop whose pool has so many numbers, in an account of its own.
func shopWith(t *testing.T, s *models.Store, numbers int, changes ...func(*tracking.Pool)) shop {
	t.Helper()
	site := modeltest.Site(t, s)
	pool := tracking.Pool{
		SiteID: site.ID, Name: "Example pool", Enabled: true, Replaces: []string{onThePages},
		DefaultNumber: defaultNumber, HoldMinutes: 30,
	}
	for _, change := range changes {
		change(&pool)
	}
	require.NoError(t, s.CreatePool(t.Context(), modeltest.ActorOf(site), &pool))
	added := make([]*tracking.Number, 0, numbers)
	for n := range numbers {
		added = append(added, &tracking.Number{Number: poolNumber(n), PoolID: pool.ID, Enabled: true})
	}
	require.NoError(t, s.CreateNumbers(t.Context(), modeltest.ActorOf(site), site.ID, added))
	return shop{s: s, site: site, pool: pool}
}

func (sh shop) plan(t *testing.T) websites.Plan {
	t.Helper()
	plan, err := sh.s.SitePlan(t.Context(), sh.site.ScriptKey)
	require.NoError(t, err)
	return plan
}

// visit returns a session of a visitor that is active now.
func (sh shop) visit(visitor, session string, at time.Time, traffic ...conversion.Traffic) visitors.Session {
	v := visitors.Session{ID: session, SiteID: sh.site.ID, VisitorID: visitor, StartedAt: at, LastActivityAt: at}
	for _, t := range traffic {
		v.Traffic = t
	}
	return v
}

// shows returns the numbers that a view of this session gets at this time.
func (sh shop) shows(t *testing.T, v visitors.Session, at time.Time) []models.DisplayedNumber {
	t.Helper()
	v.LastActivityAt = at
	shown, _, err := sh.s.ShowNumbers(t.Context(), sh.plan(t), v, at)
	require.NoError(t, err)
	return shown
}

// number returns the one number that a view of this session gets.
func (sh shop) number(t *testing.T, v visitors.Session, at time.Time) string {
	t.Helper()
	shown := sh.shows(t, v, at)
	require.Len(t, shown, 1)
	return shown[0].Number
}

// stored returns the row of a number of the pool.
func (sh shop) stored(t *testing.T, number string) tracking.Number {
	t.Helper()
	numbers, _, err := sh.s.Numbers(t.Context(), sh.site.AccountID, sh.site.ID, models.Page{Limit: 500})
	require.NoError(t, err)
	i := slices.IndexFunc(numbers, func(n tracking.Number) bool { return n.Number == number })
	require.GreaterOrEqual(t, i, 0, number)
	return numbers[i]
}

func (sh shop) assignments(t *testing.T, f tracking.AssignmentFilter) []tracking.Assignment {
	t.Helper()
	var all []tracking.Assignment
	for page := (models.Page{Limit: 500}); ; {
		some, next, err := sh.s.Assignments(t.Context(), sh.site.AccountID, sh.site.ID, f, page)
		require.NoError(t, err)
		if all = append(all, some...); next == "" {
			return all
		}
		page.Cursor = next
	}
}

// requireNoOverlap holds M10 against the table: no two sessions ever
// had a number at the same time.
func (sh shop) requireNoOverlap(t *testing.T) {
	t.Helper()
	byNumber := map[string][]tracking.Assignment{}
	for _, a := range sh.assignments(t, tracking.AssignmentFilter{}) {
		require.True(t, a.From.Before(a.Until))
		byNumber[a.NumberID] = append(byNumber[a.NumberID], a)
	}
	for _, holds := range byNumber {
		slices.SortFunc(holds, func(a, b tracking.Assignment) int {
			return cmp.Or(a.From.Compare(b.From), a.Until.Compare(b.Until))
		})
		for i, next := range holds[1:] {
			require.False(t, holds[i].Until.After(next.From), "%v and %v have the number at the same time", holds[i], next)
		}
	}
}
