package models_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// request is one of many requests to two sites that come in the same mixture.
type request func(w web) (answer string, err error)

// randomView returns a page view of one of a few visitors, which may come again.
func randomView(random *rand.Rand) request {
	number := 10 + random.IntN(8)
	hit := fmt.Sprintf("hit-of-%d-%d", number, random.IntN(12))
	return func(w web) (string, error) {
		a := view(visitor(number), hit, modeltest.Start, fromAd)
		a.VisitorIDs = bizible(fmt.Sprint("b-", number))
		seen, err := w.s.RecordActivity(context.Background(), w.plan, a)
		if err == nil && seen.SessionID == "" {
			err = fmt.Errorf("%s has no session", hit)
		}
		return fmt.Sprint("view of ", number, " new ", seen.New, " duplicate ", seen.Duplicate), err
	}
}

// randomRequests returns page views, and leads, some of which come again, have visitors,
// sessions or traffic, or cannot be stored.
func randomRequests(random *rand.Rand, n int) []request {
	var all []request
	for i := range n {
		if i%2 == 0 {
			all = append(all, randomView(random))
			continue
		}
		external := fmt.Sprint("lead-", random.IntN(n*2/3))
		number := rand.New(rand.NewPCG(7, uint64(len(external))+uint64(external[len(external)-1]))) // the same for the same lead
		lead := conversion.Lead{At: modeltest.Start.Add(time.Minute), Phone: fmt.Sprintf("+120255501%02d", number.IntN(100)), Email: external + "@example.com"}
		switch number.IntN(4) {
		case 0:
			lead.VisitorIDs = map[string]string{"rtbhouse": fmt.Sprint("r-", number.IntN(4)), "bizible": "of-nobody"}
		case 1:
			lead.VisitorIDs = map[string]string{"rtbhouse": "of-nobody"}
			lead.Traffic = &conversion.Traffic{Source: "google", Medium: "cpc"}
		case 2:
			lead.Tags = []string{"sales", "vip", "sales"}
		}
		kind := i % 20 // odd
		all = append(all, func(w web) (string, error) {
			in := modeltest.Lead(w.plan.Site, external)
			in.Lead = lead
			switch kind {
			case 5:
				in.Lead.Name, in.ExternalID = "\x00", fmt.Sprint("unstorable-", i)
			case 7:
				in.SiteID, in.ExternalID = "ste_unknown", fmt.Sprint("of-no-site-", i)
			}
			accepted, err := w.s.AcceptLead(context.Background(), in)
			if err != nil {
				return string(fault.CodeOf(err)), err
			}
			if (accepted.Signal == nil) != accepted.Duplicate || accepted.Signal != nil && accepted.Signal.ConversionID != accepted.ConversionID {
				return "", fmt.Errorf("the signal %+v is not that of %+v", accepted.Signal, accepted)
			}
			return fmt.Sprint(external, " duplicate ", accepted.Duplicate), nil
		})
	}
	return all
}

// stored returns what is stored of a site, without the ids that Ringback makes.
func stored(t *testing.T, db *sql.DB, siteID string) (rows []string) {
	t.Helper()
	for _, query := range []string{
		`SELECT 'lead ' || c.external_id || ' ' || c.state || ' ' || c.person || ' ' || c.phone || ' ' || c.email || ' ' || COALESCE(s.visitor_id, '-') || ' ' || COALESCE(CAST(c.visitor_ids AS text), '-') || ' ' || COALESCE(CAST(c.traffic AS text), '-')
			FROM conversions AS c LEFT JOIN sessions AS s ON s.id = c.session_id WHERE c.site_id = $1`,
		`SELECT 'event ' || c.external_id || ' ' || e.event_id || ' ' || e.type || ' ' || LENGTH(e.raw) || ' ' || LENGTH(CAST(e.lead AS text)) FROM events AS e JOIN conversions AS c ON c.id = e.conversion_id WHERE c.site_id = $1`,
		`SELECT 'signal ' || c.external_id || ' ' || o.kind || ' ' || o.event_type || ' ' || o.tries FROM outbox AS o JOIN conversions AS c ON c.id = o.conversion_id WHERE o.site_id = $1`,
		`SELECT 'session ' || visitor_id || ' ' || views || ' ' || leads || ' ' || COALESCE(CAST(visitor_ids AS text), '-') FROM sessions WHERE site_id = $1`,
		`SELECT 'view ' || v.id || ' ' || s.visitor_id || ' ' || v.kind || ' ' || v.url FROM page_views AS v JOIN sessions AS s ON s.id = v.session_id WHERE v.site_id = $1`,
		`SELECT 'visitor ' || v.id || ' ' || i.system || ' ' || i.value FROM visitors AS v JOIN visitor_ids AS i ON i.site_id = v.site_id AND i.visitor_id = v.id WHERE v.site_id = $1`,
		`SELECT 'tag ' || c.external_id || ' ' || g.label FROM conversion_tags AS g JOIN conversions AS c ON c.id = g.conversion_id WHERE g.site_id = $1`,
		`SELECT 'visit ' || c.external_id || ' ' || v.person || ' ' || COALESCE(i.visitor_id, '-') FROM visits AS v JOIN conversions AS c ON c.id = v.conversion_id LEFT JOIN visit_visitors AS i ON i.visit_id = v.id WHERE v.site_id = $1`,
		`SELECT 'journey ' || kind || ' ' || COUNT(*) FROM journey_marks WHERE site_id = $1 GROUP BY kind`,
		`SELECT 'report ' || c.external_id FROM report_marks AS m JOIN conversions AS c ON c.id = m.conversion_id WHERE m.site_id = $1`,
		// Which contacts a visitor claims before there are too many is up to the order.
		`SELECT 'claims ' || visitor_id || ' ' || COUNT(*) FROM person_claims WHERE site_id = $1 GROUP BY visitor_id`,
	} {
		found, err := db.QueryContext(t.Context(), query, siteID)
		require.NoError(t, err)
		for found.Next() {
			var row string
			require.NoError(t, found.Scan(&row))
			rows = append(rows, row)
		}
		require.NoError(t, found.Err())
		require.NoError(t, found.Close())
	}
	slices.Sort(rows)
	return rows
}

// TestG2_RequestsAtOnceAreStoredAsOneAfterAnother sends the same random requests to one site
// at once and to another one after the other.
func TestG2_RequestsAtOnceAreStoredAsOneAfterAnother(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		requests := randomRequests(rand.New(rand.NewPCG(1, 2)), 480)
		together, apart := webOf(t, s), webOf(t, s)
		for _, w := range []web{together, apart} {
			for n := range 3 {
				w.comes(t, visitor(n), modeltest.Start, fromAd, map[string]string{"rtbhouse": fmt.Sprint("r-", n)})
			}
		}
		answers, wanted := make([]string, len(requests)), make([]string, len(requests))
		atOnce(t, len(requests), func(i int) (err error) {
			answers[i], err = requests[i](together)
			if answers[i] != "" && answers[i] != string(fault.Unavailable) {
				return nil
			}
			return err
		})
		for i, ask := range requests {
			var err error
			if wanted[i], err = ask(apart); wanted[i] == "" {
				require.NoError(t, err)
			}
		}
		slices.Sort(answers)
		slices.Sort(wanted)
		require.Equal(t, wanted, answers)
		db := modeltest.SQL(t, dsn)
		require.Equal(t, stored(t, db, apart.plan.Site.ID), stored(t, db, together.plan.Site.ID))
	})
}

// TestG1_LeadsAtOnceShareTransactions checks that leads that come while others are stored
// share a transaction.
func TestG1_LeadsAtOnceShareTransactions(t *testing.T) {
	t.Parallel()
	dsn := modeltest.MigratedPostgres(t)
	s := modeltest.Open(t, dsn, clockwork.NewRealClock())
	site := modeltest.Site(t, s)
	db := modeltest.SQL(t, dsn)
	transactions := func() (n int) {
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT COUNT(DISTINCT xmin::text) FROM conversions").Scan(&n))
		return n
	}
	const leads = 200
	atOnce(t, leads, func(i int) error {
		_, err := s.AcceptLead(t.Context(), modeltest.Lead(site, fmt.Sprint("lead-", i)))
		return err
	})
	require.Less(t, transactions(), leads/4)
	require.Greater(t, transactions(), leads/64, "no transaction has more than 64")
}

// TestM10_ViewsAtOnceShareTransactionsAndEachIsShownItsNumber opens several tabs of each of many
// visitors at once, on two sites of which one is exhausted.
func TestM10_ViewsAtOnceShareTransactionsAndEachIsShownItsNumber(t *testing.T) {
	t.Parallel()
	dsn := modeltest.MigratedPostgres(t)
	s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
	const visitors, tabs = 60, 4
	plans := []websites.Plan{shopWith(t, s, visitors).plan(t), shopWith(t, s, visitors/2).plan(t)}
	var shown [2][visitors][tabs]string
	atOnce(t, 2*visitors*tabs, func(i int) error {
		a := view(visitor(i/2%visitors), fmt.Sprint("hit-", i), modeltest.Start, home)
		a.WantsNumbers = true
		seen, err := s.RecordActivity(t.Context(), plans[i%2], a)
		if err == nil {
			shown[i%2][i/2%visitors][i/2/visitors] = seen.Numbers[0].NumberID
		}
		return err
	})
	for site, want := range []int{visitors, visitors / 2} {
		holders := map[string]bool{}
		for _, of := range shown[site] {
			require.Equal(t, slices.Repeat([]string{of[0]}, tabs), of[:], "a visitor has one number in all tabs")
			holders[of[0]] = true
		}
		delete(holders, "")
		require.Len(t, holders, want)
	}
	var transactions int
	require.NoError(t, modeltest.SQL(t, dsn).QueryRowContext(t.Context(), "SELECT COUNT(DISTINCT xmin::text) FROM page_views").Scan(&transactions))
	require.Less(t, transactions, 2*visitors*tabs/4)
}

// TestG6_ViewsAtOnceDoNotReadAllSessionsForEachVisitor has PostgreSQL plan as if there were no
// sessions, as in a new installation.
func TestG6_ViewsAtOnceDoNotReadAllSessionsForEachVisitor(t *testing.T) {
	t.Parallel()
	dsn := modeltest.FreshPostgres(t)
	l := openLarge(t, dsn)
	_, err := l.db.ExecContext(t.Context(), "ANALYZE sessions")
	require.NoError(t, err)
	plan := webOf(t, modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))).plan
	const visitors, times = 300, 8
	s := l.store(t, modeltest.Start.Add(later), "auto")
	for round := range times {
		atOnce(t, visitors, func(i int) error {
			_, err := s.RecordActivity(t.Context(), plan, view(visitor(i), fmt.Sprint("hit-", round, "-", i), modeltest.Start, home))
			return err
		})
	}
	read := readOf(taken(t, s.proxy))["sessions"]
	require.LessOrEqual(t, read, times*visitors*visitors, "each visitor's newest session is looked for once")
}

// TestG6_OthersHitsKeepNobodyFromSharingTransactions has every tenth visitor send the id of
// another one's activity, and some the same new id.
func TestG6_OthersHitsKeepNobodyFromSharingTransactions(t *testing.T) {
	t.Parallel()
	dsn := modeltest.MigratedPostgres(t)
	s := modeltest.Open(t, dsn, clockwork.NewRealClock())
	w := webOf(t, s)
	w.sees(t, view(visitor(1000), "taken", modeltest.Start, fromAd))
	const views = 400
	atOnce(t, views, func(i int) error {
		hit := fmt.Sprint("hit-", i)
		switch i % 20 {
		case 0:
			hit = "taken"
		case 10:
			hit = fmt.Sprint("new-", i/100)
		}
		_, err := s.RecordActivity(t.Context(), w.plan, view(visitor(i), hit, modeltest.Start, fromAd))
		if i%10 == 0 && fault.CodeOf(err) == fault.Conflict {
			return nil
		}
		return err
	})
	db := modeltest.SQL(t, dsn)
	var stored, sessions, transactions int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT COUNT(*), COUNT(DISTINCT xmin::text), (SELECT COUNT(*) FROM sessions) FROM page_views").
		Scan(&stored, &transactions, &sessions))
	require.Equal(t, 1+views*9/10+4, stored, "of each new id one")
	require.Equal(t, stored, sessions)
	require.Less(t, transactions, views/4)
}

// TestG6_ALockedSiteHoldsUpNoOther locks a site as its deletion does. Leads of another site
// that come with its leads are accepted all the same.
func TestG6_ALockedSiteHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	dsn := modeltest.MigratedPostgres(t)
	s := modeltest.Open(t, dsn, clockwork.NewRealClock())
	locked, other := modeltest.Site(t, s), modeltest.Site(t, s)
	tx, err := modeltest.SQL(t, dsn).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "SELECT 1 FROM sites WHERE id = $1 FOR UPDATE", locked.ID)
	require.NoError(t, err)
	waiting := make(chan error, 5)
	for i := range cap(waiting) {
		go func() {
			_, err := s.AcceptLead(t.Context(), modeltest.Lead(locked, fmt.Sprint("waits-", i)))
			waiting <- err
		}()
	}
	atOnce(t, 40, func(i int) error {
		_, err := s.AcceptLead(t.Context(), modeltest.Lead(other, fmt.Sprint("goes-on-", i)))
		return err
	})
	require.Empty(t, waiting)
	require.NoError(t, tx.Rollback())
	for range cap(waiting) {
		require.NoError(t, <-waiting)
	}
}
