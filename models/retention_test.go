package models_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/deliveries"
	"ringback/models/erasing"
	"ringback/models/figures"
	"ringback/models/modeltest"
	"ringback/models/websites"
	"ringback/reports"
)

func keeps(t *testing.T, s *models.Store, site websites.Site, change func(*erasing.Retention)) {
	t.Helper()
	_, err := s.ChangeRetention(t.Context(), modeltest.ActorOf(site), site.ID, func(r *erasing.Retention) error { change(r); return nil })
	require.NoError(t, err)
}

// finished stores a call that is done, with its delivery.
func finished(t *testing.T, s *models.Store, site websites.Site, at time.Time, id string) string {
	t.Helper()
	call := accept(t, s, site, id, started(at), ended(at.Add(time.Minute), 60)).ConversionID
	outcome, err := s.SaveDecisions(t.Context(), modeltest.Sending(call, modeltest.Integration(t, s, site)))
	require.NoError(t, err)
	begin(t, s, outcome.Deliveries[0].ID)
	finish(t, s, outcome.Deliveries[0].ID, 1, "delivered", deliveries.Delivered, nil)
	require.NoError(t, s.FinishConversion(t.Context(), call))
	return call
}

func countsCalls(t *testing.T, s *models.Store) {
	t.Helper()
	for more := true; more; {
		var err error
		more, err = s.Work(t.Context())
		require.NoError(t, err)
	}
}

// callsOf returns how many calls the report of a day has.
func callsOf(t *testing.T, s *models.Store, site websites.Site, at time.Time) int64 {
	t.Helper()
	day := reports.DayOf(at, reports.Zone(site.TimeZone))
	answers, err := s.Counts(t.Context(), site.AccountID, site.ID, figures.Query{
		Dimension: figures.Whole, Span: reports.Span{Period: reports.Period{From: day, To: day}},
	})
	require.NoError(t, err)
	if len(answers[0].Rows) == 0 {
		return 0
	}
	return answers[0].Rows[0].Calls
}

// TestRetentionEndsCallsWithAllBelowThem keeps calls for ten days: the older one goes and
// the younger one and the one that is not done stay. The report of the day stays.
func TestRetentionEndsCallsWithAllBelowThem(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := modeltest.Open(t, dsn, clock)
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		old := finished(t, s, site, modeltest.Start, "old")
		open := accept(t, s, site, "open", started(modeltest.Start)).ConversionID
		others := finished(t, s, other, modeltest.Start, "of another site")
		clock.Advance(8 * 24 * time.Hour)
		young := finished(t, s, site, clock.Now(), "young")
		clock.Advance(5 * 24 * time.Hour)
		countsCalls(t, s)
		before := callsOf(t, s, site, modeltest.Start)
		keeps(t, s, site, func(r *erasing.Retention) { r.Conversions = 10 })

		progress := modeltest.NewProgress()
		require.NoError(t, s.Expire(t.Context(), progress))
		require.Equal(t, 1, progress.Rows["conversions"])
		require.Zero(t, progress.Lag["conversions"])
		db := modeltest.SQL(t, dsn)
		require.Equal(t, []string{"journey_marks"}, tablesWith(t, db, old), "to be computed again without it")
		for _, id := range []string{open, young, others} {
			require.Contains(t, tablesWith(t, db, id), "conversions")
		}
		require.Contains(t, tablesWith(t, db, young), "deliveries")
		countsCalls(t, s)
		require.Equal(t, int64(2), before)
		require.Equal(t, before, callsOf(t, s, site, modeltest.Start), "reports keep their totals")
	})
}

func TestRetentionEndsBodiesPageViewsAndMessages(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := modeltest.Open(t, dsn, clock)
		w, db := webOf(t, s), modeltest.SQL(t, dsn)
		site := w.plan.Site
		call := finished(t, s, site, modeltest.Start, "old")
		w.sees(t, view(visitor(1), "old-hit", modeltest.Start, home))
		unreadOf(t, s, site.ID, "old-message")
		clock.Advance(3 * 24 * time.Hour)
		w.sees(t, view(visitor(1), "new-hit", clock.Now(), home))
		keeps(t, s, site, func(r *erasing.Retention) { r.RawBodies, r.AttemptBodies, r.PageViews, r.Messages = 2, 2, 2, 2 })

		progress := modeltest.NewProgress()
		require.NoError(t, s.Expire(t.Context(), progress))
		require.Equal(t, map[string]int{"conversions": 0, "raw_bodies": 2, "attempt_bodies": 1, "page_views": 1, "messages": 1}, progress.Rows)
		require.Equal(t, []string{"page_views"}, tablesWith(t, db, "new-hit"))
		require.Empty(t, tablesWith(t, db, "old-hit"))
		require.Empty(t, tablesWith(t, db, "old-message"))
		require.Empty(t, tablesWith(t, db, "hooks.example.com\","), "the request of the attempt")
		d := detail(t, s, site, call)
		require.Len(t, d.Events, 2)
		for _, event := range d.Events {
			require.NotNil(t, event.Call)
		}
		require.Equal(t, [][]byte{nil, nil}, bodies(t, s, call))
		require.NoError(t, s.Expire(t.Context(), progress))
		require.Equal(t, 1, progress.Rows["attempt_bodies"], "once each")
	})
}

// What is left of a site that was deleted can be erased: its owner may not have thought of it
// before.
func TestRetentionCanBeSetAfterASiteWasDeleted(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := modeltest.Open(t, dsn, clock)
		site := modeltest.Site(t, s)
		old := finished(t, s, site, modeltest.Start, "old")
		require.NoError(t, s.DeleteSite(t.Context(), modeltest.ActorOf(site), site.ID))
		clock.Advance(3 * 24 * time.Hour)
		countsCalls(t, s)
		keeps(t, s, site, func(r *erasing.Retention) { r.Conversions = 1 })
		stored, err := s.Retention(t.Context(), site.AccountID, site.ID)
		require.NoError(t, err)
		require.Equal(t, 1, stored.Conversions)
		require.NoError(t, s.Expire(t.Context(), modeltest.NewProgress()))
		require.NotContains(t, tablesWith(t, modeltest.SQL(t, dsn), old), "conversions")
	})
}

// Of most sites nothing is due. They are not asked one by one.
func TestG6_SitesOfWhichNothingIsDueAreAskedTogether(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		for range 12 {
			keeps(t, s, modeltest.Site(t, s), func(r *erasing.Retention) {
				*r = erasing.Retention{SiteID: r.SiteID, Conversions: 9, RawBodies: 8, AttemptBodies: 8, PageViews: 7, Messages: 6}
			})
		}
		watched, statements := s.Watched()
		progress := modeltest.NewProgress()
		progress.ExpiryLag("visits", time.Hour)
		progress.ExpiryLag("conversions", time.Hour)
		_, err := watched.PruneVisits(t.Context(), 500, progress)
		require.NoError(t, err)
		require.NoError(t, watched.Expire(t.Context(), progress))
		made := statements.Made()
		require.Less(t, len(made), 12, "%v", made)
		require.Zero(t, progress.Lag["visits"], "another process has erased what was late")
		require.Zero(t, progress.Lag["conversions"])
	})
}

// A site whose rows are more than one transaction takes gets as many as it needs.
func TestRetentionWorksInPieces(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := modeltest.Open(t, dsn, clock)
		site := modeltest.Site(t, s)
		for range 101 {
			unreadOf(t, s, site.ID, ids.New(ids.Request))
		}
		clock.Advance(3 * 24 * time.Hour)
		keeps(t, s, site, func(r *erasing.Retention) { r.Messages = 1 })
		progress := modeltest.NewProgress()
		require.NoError(t, s.Expire(t.Context(), progress))
		require.Equal(t, 101, progress.Rows["messages"])
		require.Empty(t, unreadBodies(t, s, site))
	})
}

func TestG9_RetentionIsTheAccountsOwn(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		_, err := s.Retention(t.Context(), other.AccountID, site.ID)
		requireCode(t, fault.NotFound, err)
		_, err = s.ChangeRetention(t.Context(), modeltest.ActorOf(other), site.ID, func(*erasing.Retention) error { return nil })
		requireCode(t, fault.NotFound, err)
		wrong := errors.New("wrong")
		_, err = s.ChangeRetention(t.Context(), modeltest.ActorOf(site), site.ID, func(r *erasing.Retention) error { r.Messages = 3; return wrong })
		require.ErrorIs(t, err, wrong)
		keeps(t, s, site, func(r *erasing.Retention) { r.Messages = 30 })
		stored, err := s.Retention(t.Context(), site.AccountID, site.ID)
		require.NoError(t, err)
		require.Equal(t, 30, stored.Messages)
		entries, _, err := s.Audit(t.Context(), site.AccountID, audit.Filter{Entity: "retention"}, models.Page{})
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Contains(t, entries[0].Changes, "messages")
	})
}

// TestOperatorsPageSaysWhatEndsTheRowsOfEachTable compares the page with the schema of the
// migrations.
func TestOperatorsPageSaysWhatEndsTheRowsOfEachTable(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/operators.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(page), "| table | what ends its rows |")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	var listed []string
	for row := range strings.Lines(table) {
		names, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
		for _, name := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(names, -1) {
			listed = append(listed, name[1])
		}
	}
	var stored []string
	for _, name := range tablesOf(t, modeltest.SQL(t, modeltest.MigratedSQLite(t))) {
		if name != "goose_db_version" && !strings.HasPrefix(name, "sqlite_") {
			stored = append(stored, name)
		}
	}
	require.ElementsMatch(t, stored, listed)
}
