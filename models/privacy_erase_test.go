package models_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/visits"
)

// tablesWith returns the tables that hold a text anywhere.
func tablesWith(t *testing.T, db *sql.DB, text string) []string {
	t.Helper()
	var with []string
	for _, table := range tablesOf(t, db) {
		rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+table)
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		holds := false
		for rows.Next() {
			require.NoError(t, rows.Scan(into...))
			for _, value := range values {
				if bytes, ok := value.([]byte); ok {
					value = string(bytes)
				}
				holds = holds || strings.Contains(fmt.Sprint(value), text)
			}
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
		if holds {
			with = append(with, table)
		}
	}
	return with
}

func tablesOf(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1")
	if err != nil {
		rows, err = db.QueryContext(t.Context(), "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var tables []string
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	require.NoError(t, rows.Err())
	return tables
}

func TestErasedVisitorLeavesNothing(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start.Add(2 * time.Minute))
		s := modeltest.Open(t, dsn, clock)
		sh := shopWith(t, s, 1)
		w, db := web{s: s, plan: sh.plan(t)}, modeltest.SQL(t, dsn)

		mine, theirs := visitor(1), visitor(2)
		a := view(mine, "hit-1", modeltest.Start, fromAd)
		a.VisitorIDs, a.WantsNumbers = map[string]string{"rtbhouse": "their-id-of-mine"}, true
		first := w.sees(t, a)
		require.Len(t, first.Numbers, 1)
		lead := w.sends(t, view(mine, "lead-1", modeltest.Start.Add(time.Minute), home), conversion.Lead{Phone: modeltest.Caller})
		w.sends(t, view(theirs, "lead-2", modeltest.Start, home), conversion.Lead{Email: "other@example.com"})
		require.Equal(t, []string{"assignments", "events", "person_claims", "sessions", "visitor_ids", "visitors"}, tablesWith(t, db, mine))

		require.NoError(t, s.ForgetVisitor(t.Context(), w.plan.Site.ID, mine))
		require.Empty(t, tablesWith(t, db, mine))
		require.Equal(t, []string{"conversions", "events"}, tablesWith(t, db, "their-id-of-mine"), "the lead is as it was sent")
		require.Equal(t, []string{"conversions", "events"}, tablesWith(t, db, first.SessionID))
		require.Equal(t, lead, detail(t, s, w.plan.Site, lead.ID).Conversion)
		require.NotContains(t, tablesWith(t, db, modeltest.Caller), "person_claims", "nobody is tied to the phone any more")
		require.Contains(t, tablesWith(t, db, theirs), "visitors")
		require.Contains(t, tablesWith(t, db, "other@example.com"), "person_claims")

		number := sh.stored(t, first.Numbers[0].Number)
		require.Empty(t, number.HeldBy)
		left := sh.assignments(t, tracking.AssignmentFilter{})
		require.Len(t, left, 1)
		require.Equal(t, tracking.Assignment{
			ID: left[0].ID, SiteID: sh.site.ID, NumberID: number.ID, PoolID: sh.pool.ID, From: modeltest.Start, Until: clock.Now(),
		}, left[0], "that somebody had the number, and nothing of who it was")

		require.Equal(t, 1, keptOut(t, db), "a hash alone says that somebody is kept out")
		require.NoError(t, s.ForgetVisitor(t.Context(), w.plan.Site.ID, mine), "there is nobody to forget")
		c, err := s.Case(t.Context(), lead.ID)
		require.NoError(t, err)
		require.Nil(t, c.Session)
		clock.Advance(aWeek)
		require.True(t, w.sees(t, view(mine, "hit-1", clock.Now(), home)).New, "who comes again is new")
	})
}

// The event that ends a call resolves its number again, when the visitor may already be
// erased.
func TestM10_CallToTheNumberOfAnErasedVisitorLeadsToNoVisit(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		w := web{s: s, plan: sh.plan(t)}
		before := w.isShown(t, visitor(1), clock.Now())
		clock.Advance(2 * time.Hour)
		rang := clock.Now().Add(time.Minute)
		forgotten := w.isShown(t, visitor(2), clock.Now())
		number := forgotten.Numbers[0].Number
		require.Equal(t, before.Numbers[0].Number, number)
		d := sh.call(t, "x", rings(number, rang))
		require.Equal(t, forgotten.SessionID, d.Conversion.SessionID)

		clock.Advance(2 * time.Minute)
		require.NoError(t, s.ForgetVisitor(t.Context(), sh.site.ID, visitor(2)))
		d = sh.call(t, "x", ended(clock.Now(), 45))
		require.Empty(t, d.Conversion.SessionID)
		require.Equal(t, conversion.NumberMatch{NumberID: sh.stored(t, number).ID, PoolID: sh.pool.ID}, *numberEvent(t, d).Number)

		d = sh.call(t, "after it", rings(number, clock.Now().Add(time.Minute)))
		require.Empty(t, d.Conversion.SessionID, "nor is it who had the number before")
	})
}

func TestM10_NumberOfAnErasedVisitorRestsAndItsNextCallsLinkNobody(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		w := web{s: s, plan: sh.plan(t)}
		number := w.isShown(t, visitor(1), clock.Now()).Numbers[0].Number
		clock.Advance(time.Minute)
		require.NoError(t, s.ForgetVisitor(t.Context(), sh.site.ID, visitor(1)))
		clock.Advance(visits.NumberGrace - time.Second)
		require.Equal(t, defaultNumber, w.isShown(t, visitor(2), clock.Now()).Numbers[0].Number, "the forgotten visitor may be about to call")
		clock.Advance(time.Second)
		next := w.isShown(t, visitor(2), clock.Now())
		require.Equal(t, number, next.Numbers[0].Number)

		d := sh.call(t, "x", rings(number, clock.Now()))
		require.Equal(t, next.SessionID, d.Conversion.SessionID)
		require.True(t, numberEvent(t, d).Number.Ambiguous)
		require.Equal(t, 2, numberEvent(t, d).Number.Candidates)
		require.Empty(t, w.historyOf(t, w.by(func(c *models.Conversion) { c.Phone = modeltest.Caller })))
	})
}

// A call may arrive while the visitor behind its number is erased.
func TestNobodyIsLinkedToAnErasedVisitor(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewRealClock())
		w, db := webOf(t, s), modeltest.SQL(t, dsn)
		w.sees(t, view(visitor(1), "hit-1", modeltest.Start, home))
		require.NoError(t, s.ForgetVisitor(t.Context(), w.plan.Site.ID, visitor(1)))
		require.NoError(t, s.LinkIdentities(t.Context(), w.plan.Site.ID, "visitor/"+visitor(1), "phone/"+modeltest.Caller))
		require.Empty(t, tablesWith(t, db, visitor(1)))
		require.Empty(t, tablesWith(t, db, modeltest.Caller))

		w.sees(t, view(visitor(2), "hit-2", modeltest.Start, home))
		require.NoError(t, s.LinkIdentities(t.Context(), w.plan.Site.ID, "phone/"+modeltest.Caller, "visitor/"+visitor(1), "visitor/"+visitor(2), ""))
		require.Empty(t, tablesWith(t, db, visitor(1)))
		require.Equal(t, []string{"person_keys"}, tablesWith(t, db, modeltest.Caller))
	})
}

// The keys of other people stay, whatever the erased visitor did at the same time.
func TestErasingDuringVisits(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		w := webOf(t, s)
		atOnce(t, tabs, func(i int) error {
			if i%5 == 0 {
				return s.ForgetVisitor(t.Context(), w.plan.Site.ID, visitor(1))
			}
			a := view(visitor(i%2+1), fmt.Sprint("hit-", i), modeltest.Start, home)
			_, err := s.AcceptLead(t.Context(), w.form(fmt.Sprint("script:", i), a, conversion.Lead{Phone: modeltest.Caller}))
			return err
		})
		require.NoError(t, s.ForgetVisitor(t.Context(), w.plan.Site.ID, visitor(1)))
		require.Empty(t, w.sessions(t, visitor(1)))
		require.Len(t, w.sessions(t, visitor(2)), 1)
		require.Len(t, w.historyOf(t, w.by(func(c *models.Conversion) { c.Phone = modeltest.Caller })), 1)
	})
}

// What is done in the visits of a visitor is erased before the people of the site are
// locked: the calls and leads of others wait for the rest alone.
func TestG6_ForgettingAVisitorHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	dsn := modeltest.MigratedPostgres(t)
	s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
	w, db := webOf(t, s), modeltest.SQL(t, dsn)
	w.sees(t, view(visitor(1), "first", modeltest.Start, home))
	erasing, pid := modeltest.Holding(t, db, "LOCK TABLE page_views IN EXCLUSIVE MODE")
	forgotten := make(chan error, 1)
	go func() { forgotten <- s.ForgetVisitor(t.Context(), w.plan.Site.ID, visitor(1)) }()
	modeltest.Blocked(t, db, pid)

	other, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = other.ExecContext(t.Context(), "SELECT id FROM sites WHERE id = $1 FOR NO KEY UPDATE NOWAIT", w.plan.Site.ID)
	require.NoError(t, err, "another caller can be linked")
	require.NoError(t, other.Rollback())
	require.NoError(t, erasing.Rollback())
	require.NoError(t, <-forgotten)
	require.Empty(t, w.sessions(t, visitor(1)))
}
