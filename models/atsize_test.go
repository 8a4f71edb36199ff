package models_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/figures"
	"ringback/models/journeys"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
)

// atSize returns of how many conversions the large site of these tests is. With so few,
// what is read is counted and not timed: reading all of them is noticed all the same.
func atSize(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("RINGBACK_AT_SIZE"))
	if err != nil {
		return 3000
	}
	return n
}

// largeSite is a site that holds nearly all rows of the database.
type largeSite struct {
	db    *sql.DB
	dsn   string
	plan  map[string]string // settings by which operations are planned
	site  websites.Site
	sent  deliveries.Delivery
	count int
}

// clone inserts copies of the only row of a table. Changed is a JSON object of the columns
// that differ, by the number g of the copy.
func (l *largeSite) clone(t *testing.T, table, changed string) {
	t.Helper()
	_, err := l.db.ExecContext(t.Context(), fmt.Sprintf(`INSERT INTO %[1]s SELECT (jsonb_populate_record(r, %[2]s)).*
		FROM (SELECT o AS r FROM %[1]s o LIMIT 1) original, generate_series(1, %[3]d) g`, table, changed, l.count))
	require.NoError(t, err, table)
}

// newLargeSite fills a PostgreSQL database: calls and leads that are done, with their
// events, decisions, deliveries and attempts, one session each, and two views of it.
func newLargeSite(t *testing.T, dsn string) *largeSite {
	t.Helper()
	l := &largeSite{db: modeltest.SQL(t, dsn), dsn: dsn, count: atSize(t), plan: map[string]string{"enable_seqscan": "off"}} // an index is used wherever there is one
	l.db.SetMaxOpenConns(1)                                                                                                  // counts makes it add what it has read
	s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
	l.site = modeltest.Site(t, s)
	l.sent = modeltest.Delivery(t, s, l.site, modeltest.Integration(t, s, l.site))
	for more := true; more; { // facts and touchpoints of what was delivered
		var err error
		more, err = s.Work(t.Context())
		require.NoError(t, err)
	}
	begun, err := s.BeginAttempt(t.Context(), l.sent.ID, time.Minute)
	require.NoError(t, err)
	require.NoError(t, s.EndAttempt(t.Context(), deliveries.AttemptEnd{
		Attempt: deliveries.Attempt{DeliveryID: l.sent.ID, Number: begun.Number, StartedAt: modeltest.Start}, State: deliveries.Delivered,
	}))
	require.NoError(t, s.FinishConversion(t.Context(), l.sent.ConversionID))
	plan, err := s.SitePlan(t.Context(), l.site.ScriptKey)
	require.NoError(t, err)
	_, err = s.RecordActivity(t.Context(), plan, models.Activity{Activity: visitors.Activity{
		VisitorID: "visitor-of-the-sample", HitID: "view-of-the-sample",
		Hit: visits.Hit{At: modeltest.Start, URL: "https://www.example.com/"},
	}})
	require.NoError(t, err)
	_, err = l.db.ExecContext(t.Context(), "UPDATE sites SET script = jsonb_set(script, '{keep_days}', '365')")
	require.NoError(t, err)
	_, err = l.db.ExecContext(t.Context(), `INSERT INTO site_retention (site_id, conversions, raw_bodies, attempt_bodies, page_views, messages, updated_at) VALUES ($1, 365, 365, 365, 365, 365, now())`, l.site.ID)
	require.NoError(t, err)
	for _, c := range []struct{ table, changed string }{
		{"conversions", `jsonb_build_object('kind', CASE WHEN g % 10 = 0 THEN 'call' ELSE 'lead' END, 'state', CASE WHEN g % 50 = 0 THEN 'waiting' ELSE 'done' END,
			'created_at', (r).created_at + interval '119 minutes', 'id', 'cnv_' || g, 'external_id', 'e' || g, 'workflow_id', 'w' || g, 'at', (r).at - g * interval '1 minute', 'person', '+1202555' || g)`},
		{"events", `jsonb_build_object('seq', 1000 + g, 'conversion_id', 'cnv_' || g)`},
		{"conversion_tags", `jsonb_build_object('conversion_id', 'cnv_' || g)`},
		{"decisions", `jsonb_build_object('id', 'dec_' || g, 'conversion_id', 'cnv_' || g)`},
		{"deliveries", `jsonb_build_object('id', 'dlv_' || g, 'state', CASE WHEN g % 10 = 0 THEN 'failed' ELSE 'delivered' END, 'conversion_id', 'cnv_' || g, 'decision_id', 'dec_' || g, 'created_at', (r).created_at - g * interval '1 minute')`},
		{"attempts", `jsonb_build_object('id', 'att_' || g, 'delivery_id', 'dlv_' || g)`},
		{"visitors", `jsonb_build_object('id', 'visitor-' || g)`},
		{"sessions", `jsonb_build_object('id', 'ses_' || g, 'visitor_id', 'visitor-' || g, 'started_at', (r).started_at - g * interval '1 minute',
			'traffic', CASE WHEN g % 2 = 0 THEN jsonb_build_object('campaign', 'frequent') ELSE (r).traffic END)`},
		{"report_facts", `jsonb_build_object('conversion_id', 'cnv_' || g, 'campaign', CASE WHEN g % 2 = 0 THEN 'frequent' ELSE '' END)`},
		{"report_sends", `jsonb_build_object('decision_id', 'dec_' || g, 'conversion_id', 'cnv_' || g)`},
		{"page_views", `jsonb_build_object('id', 'view-' || g, 'session_id', 'ses_' || g)`},
	} {
		l.clone(t, c.table, c.changed)
	}
	_, err = l.db.ExecContext(t.Context(), "ANALYZE")
	require.NoError(t, err)
	return l
}

// earlyIDs returns a period of a third of all calls and leads, or a tenth, whose ids come
// before nearly all others. They are in the order of their numbers as texts.
func (l *largeSite) earlyIDs() (since, until time.Time) {
	first := 1
	for 20*first <= l.count {
		first *= 10
	}
	return modeltest.Start.Add(-time.Duration(2*first) * time.Minute), modeltest.Start.Add(-time.Duration(first) * time.Minute)
}

// times is how often an operation is done: from the sixth time on, PostgreSQL may use a
// plan that does not depend on the parameters.
const times = 8

// read returns how many entries of tables and indexes an operation reads when it is done
// several times, by the name of the table or index.
func (l *largeSite) read(t *testing.T, name string, operation func(s *models.Store) error) map[string]int {
	t.Helper()
	return l.readOnce(t, name, func(s *models.Store) error {
		for range times {
			if err := operation(s); err != nil {
				return err
			}
		}
		return nil
	})
}

// readOnce is read for an operation that is done once.
func (l *largeSite) readOnce(t *testing.T, name string, operation func(s *models.Store) error) map[string]int {
	t.Helper()
	address, err := url.Parse(l.dsn)
	require.NoError(t, err)
	query := address.Query()
	query.Set("application_name", t.Name())
	for name, value := range l.plan {
		query.Set(name, value)
	}
	address.RawQuery = query.Encode()
	before := l.counts(t)
	s := modeltest.Open(t, address.String(), clockwork.NewFakeClockAt(modeltest.Start.Add(2*time.Hour)))
	require.NoError(t, operation(s), name)
	require.NoError(t, s.Close()) // a session adds what it has read to the counts when it ends
	require.Eventually(t, func() bool {
		var open int
		err := l.db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE application_name = left($1, 63)", t.Name()).Scan(&open)
		return err == nil && open == 0
	}, time.Minute, 10*time.Millisecond)
	read := l.counts(t)
	for of, n := range before {
		if read[of] -= n; read[of] == 0 {
			delete(read, of)
		}
	}
	return read
}

func (l *largeSite) counts(t *testing.T) map[string]int {
	t.Helper()
	// What filled the tables would otherwise be added at any time within ten seconds.
	_, err := l.db.ExecContext(t.Context(), "SELECT pg_stat_force_next_flush()")
	require.NoError(t, err)
	rows, err := l.db.QueryContext(t.Context(), `SELECT relname, seq_tup_read FROM pg_stat_user_tables WHERE schemaname = current_schema()
		UNION ALL SELECT indexrelname, idx_tup_read FROM pg_stat_user_indexes WHERE schemaname = current_schema()`)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	counts := map[string]int{}
	for rows.Next() {
		var of string
		var n int
		require.NoError(t, rows.Scan(&of, &n))
		counts[of] = n
	}
	require.NoError(t, rows.Err())
	return counts
}

// mostRead is how many entries of one table or index a page of a list, or a sweep that
// finds nothing, may read on average.
const mostRead = 250

func TestG6_NoListAndNoSweepReadsALargeTable(t *testing.T) {
	t.Parallel()
	l := newLargeSite(t, modeltest.FreshPostgres(t))
	account, site, page := l.site.AccountID, l.site.ID, models.Page{Limit: 50}
	conversions := func(change func(*models.ConversionFilter)) func(context.Context, *models.Store) error {
		f := models.ConversionFilter{AccountID: account, SiteID: site}
		change(&f)
		return func(ctx context.Context, s *models.Store) error { _, _, err := s.Conversions(ctx, f, page); return err }
	}
	listed := func(change func(*deliveries.Filter)) func(context.Context, *models.Store) error {
		f := deliveries.Filter{AccountID: account, SiteID: site}
		change(&f)
		return func(ctx context.Context, s *models.Store) error { _, _, err := s.Deliveries(ctx, f, page); return err }
	}
	visited := func(change func(*visitors.SessionFilter)) func(context.Context, *models.Store) error {
		f := visitors.SessionFilter{}
		change(&f)
		return func(ctx context.Context, s *models.Store) error {
			_, _, err := s.Sessions(ctx, account, site, f, page)
			return err
		}
	}
	value := func(column, is string) *figures.Filter { return &figures.Filter{Values: map[string]string{column: is}} }
	since, until := l.earlyIDs()
	longAgo, soonAfter := modeltest.Start.AddDate(-1, 0, 0), modeltest.Start.AddDate(-1, 0, 10)
	for name, operation := range map[string]func(context.Context, *models.Store) error{
		"conversions":                  conversions(func(*models.ConversionFilter) {}),
		"conversions of a kind":        conversions(func(f *models.ConversionFilter) { f.Kind = conversion.KindCall }),
		"conversions in a state":       conversions(func(f *models.ConversionFilter) { f.State = models.StateWaiting }),
		"conversions of a tag":         conversions(func(f *models.ConversionFilter) { f.Tag = "nobody has it" }),
		"conversions of a token":       conversions(func(f *models.ConversionFilter) { f.Token = "tok_none" }),
		"conversions of an old day":    conversions(func(f *models.ConversionFilter) { f.From, f.To = &longAgo, &soonAfter }),
		"conversions of a long period": conversions(func(f *models.ConversionFilter) { f.From, f.To = &since, &until }),
		"conversions by external id":   conversions(func(f *models.ConversionFilter) { f.ExternalID = "e7" }),
		"a frequent campaign":          conversions(func(f *models.ConversionFilter) { f.Figure = value("campaign", "frequent") }),
		"a rare campaign":              conversions(func(f *models.ConversionFilter) { f.Figure = value("campaign", "nobody came by it") }),
		"a rare channel of a kind":     conversions(func(f *models.ConversionFilter) { f.Kind, f.Figure = conversion.KindLead, value("channel", "email") }),
		"a number that nobody called":  conversions(func(f *models.ConversionFilter) { f.Figure = value("number_id", "num_none") }),
		"a rare figure":                conversions(func(f *models.ConversionFilter) { f.Figure = &figures.Filter{Figure: "abandoned"} }),
		"a rare figure of sending":     conversions(func(f *models.ConversionFilter) { f.Figure = &figures.Filter{Figure: "failed"} }),
		"a rare reason":                conversions(func(f *models.ConversionFilter) { f.Figure = &figures.Filter{Reason: "cancelled"} }),
		"deliveries":                   listed(func(*deliveries.Filter) {}),
		"deliveries of an integration": listed(func(f *deliveries.Filter) { f.IntegrationID = "int_other" }),
		"deliveries that an integration has in no state": listed(func(f *deliveries.Filter) {
			f.IntegrationID, f.State = l.sent.IntegrationID, deliveries.Retrying
		}),
		"touchpoints of a conversion": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.Touchpoints(ctx, journeys.TouchpointFilter{AccountID: account, SiteID: site, ConversionID: "cnv_7", All: true}, page)
			return err
		},
		"deliveries in a state":       listed(func(f *deliveries.Filter) { f.State = deliveries.Failed }),
		"deliveries of an old day":    listed(func(f *deliveries.Filter) { f.From, f.To = &longAgo, &soonAfter }),
		"deliveries of a long period": listed(func(f *deliveries.Filter) { f.From, f.To = &since, &until }),
		"deliveries of a conversion":  listed(func(f *deliveries.Filter) { f.ConversionID = "cnv_7" }),
		"deliveries that were resent": listed(func(f *deliveries.Filter) { f.Resent = new(true) }),
		"sessions":                    visited(func(*visitors.SessionFilter) {}),
		"sessions of an old day":      visited(func(f *visitors.SessionFilter) { f.From, f.To = &longAgo, &soonAfter }),
		"sessions of a rare source":   visited(func(f *visitors.SessionFilter) { f.Traffic = map[string]string{"source": "nobody came from it"} }),
		"sessions of a campaign":      visited(func(f *visitors.SessionFilter) { f.Traffic = map[string]string{"campaign": "frequent"} }),
		"sessions of no campaign":     visited(func(f *visitors.SessionFilter) { f.Traffic = map[string]string{"campaign": ""} }),
		"what came of sessions": func(ctx context.Context, s *models.Store) error {
			_, err := s.SessionResults(ctx, account, site, []string{"ses_1", "ses_2"})
			return err
		},
		"conversions of a session": conversions(func(f *models.ConversionFilter) { f.SessionID = "ses_7" }),
		"assignments": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.Assignments(ctx, account, site, tracking.AssignmentFilter{}, page)
			return err
		},
		"one conversion": func(ctx context.Context, s *models.Store) error {
			_, err := s.ConversionDetail(ctx, account, "cnv_7")
			return err
		},
		"one delivery": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.Delivery(ctx, account, "dlv_7")
			return err
		},
		"attempts of a delivery": func(ctx context.Context, s *models.Store) error {
			_, _, _, err := s.Attempts(ctx, account, "dlv_7", page)
			return err
		},
		"a delivery to send": func(ctx context.Context, s *models.Store) error {
			_, _, _, err := s.DeliveryForSend(ctx, "dlv_7")
			return err
		},
		"the case of a conversion": func(ctx context.Context, s *models.Store) error { _, err := s.Case(ctx, "cnv_7"); return err },
		"how late events came": func(ctx context.Context, s *models.Store) error {
			_, err := s.Delays(ctx, site, "nobody")
			return err
		},
		"what is stuck": func(ctx context.Context, s *models.Store) error {
			_, err := s.RequeueStuck(ctx, modeltest.Start.Add(2*time.Hour), 500)
			return err
		},
		"what is due": func(ctx context.Context, s *models.Store) error {
			_, err := s.DueSignals(ctx, modeltest.Start.Add(2*time.Hour), 500, time.Minute)
			return err
		},
		"the outbox for metrics":        func(ctx context.Context, s *models.Store) error { _, _, err := s.OutboxStats(ctx); return err },
		"what is under way for metrics": func(ctx context.Context, s *models.Store) error { _, err := s.OpenConversions(ctx); return err },
		"old visits of which there are 0": func(ctx context.Context, s *models.Store) error {
			_, err := s.PruneVisits(ctx, 500, modeltest.NewProgress())
			return err
		},
		"what expires of which there is 0": func(ctx context.Context, s *models.Store) error { return s.Expire(ctx, modeltest.NewProgress()) },
	} {
		read := l.read(t, name, func(s *models.Store) error { return operation(models.Viewing(t.Context()), s) })
		for of, n := range read {
			if n > times*mostRead {
				t.Errorf("%s reads %d entries of %s in %d times, at most %d", name, n, of, times, times*mostRead)
			}
		}
	}
}
