package models_test

import (
	"database/sql"
	"fmt"
	"maps"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/secrets"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/crm"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/journeys"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/models/users"
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

// later is how long after modeltest.Start the rows of a large site are read.
const later = 2 * time.Hour

// otherSites is how many other sites the database has. They make the average site, for which
// PostgreSQL plans a statement once for all, a small part of the large one.
const otherSites = 10

// largeSite is a site that holds nearly all rows of the database.
type largeSite struct {
	db      *sql.DB
	dsn     string
	keys    string
	plan    map[string]string // settings by which operations are planned
	actor   audit.Actor
	site    websites.Site
	to      integrations.Integration
	sent    deliveries.Delivery
	user    users.User
	session string // of the user
	number  tracking.Number
	pool    tracking.Pool
	source  websites.Source
	count   int
	filters map[string]bool // by which operations read lists
	taken   atomic.Int64    // rows that operations have removed
}

// timeOfOne is how long after a call or lead of the large site the next one came.
const timeOfOne = time.Minute

// costsOfRows have PostgreSQL plan for the fewest rows that are read, as it does when these are
// many: it would rather read all of a small table. An index is used wherever there is one.
var costsOfRows = map[string]string{
	"enable_seqscan": "off", "work_mem": workMemory,
	"seq_page_cost": "0.01", "random_page_cost": "0.01", "cpu_tuple_cost": "1", "cpu_index_tuple_cost": "1", "cpu_operator_cost": "0.001",
}

// isSmall reports whether the large site has so few rows that PostgreSQL would not plan as for many.
func (l *largeSite) isSmall() bool { return l.count <= 10_000 }

// workMemory is how much PostgreSQL may use for a sort or hash of so few rows.
const workMemory = "256kB"

// next returns the id of a row that no operation has removed yet, by what ids begin with.
func (l *largeSite) next(begin string) string { return l.nextOf(begin, 1) }

// nextOf is next for one of so many rows.
func (l *largeSite) nextOf(begin string, each int) string {
	return begin + strconv.Itoa(each*(10+int(l.taken.Add(1))))
}

// acting returns a user of the large site's account as who acts.
func (l *largeSite) acting(userID string) audit.Actor {
	return audit.Actor{AccountID: l.site.AccountID, TokenID: userID, RequestID: "req_example"}
}

// fill inserts rows into a table: copies of one that it has, or new ones. Changed is a JSON object
// of the columns that differ, by the number g of the row.
func (l *largeSite) fill(t *testing.T, table, changed string, count int) {
	t.Helper()
	_, err := l.db.ExecContext(t.Context(), fmt.Sprintf(`INSERT INTO %[1]s SELECT row.*
		FROM (SELECT (SELECT o FROM %[1]s o LIMIT 1) AS r) original, generate_series(1, %[3]d) g, jsonb_populate_record(r, %[2]s) row`, table, changed, count))
	require.NoError(t, err, table)
}

// openLarge opens a database whose plans can be recorded, and which has no site yet.
func openLarge(t *testing.T, dsn string) *largeSite {
	t.Helper()
	keys, err := secrets.Generate()
	require.NoError(t, err)
	l := &largeSite{db: modeltest.SQL(t, dsn), dsn: dsn, keys: keys, plan: map[string]string{}, filters: map[string]bool{}}
	l.db.SetMaxOpenConns(1)
	return l
}

// newLargeSite fills a PostgreSQL database: calls and leads that are done, with all that
// belongs to them, one session each with two views, and what people and CRMs have stored. A
// third as many rows belong to other sites.
func newLargeSite(t *testing.T, dsn string) *largeSite {
	t.Helper()
	l := openLarge(t, dsn)
	if l.count = atSize(t); l.isSmall() {
		maps.Copy(l.plan, costsOfRows)
	}
	l.begin(t, modeltest.OpenWith(t, dsn, clockwork.NewFakeClockAt(modeltest.Start), l.keys))
	_, err := l.db.ExecContext(t.Context(), "UPDATE sites SET script = jsonb_set(script, '{keep_days}', '365')")
	require.NoError(t, err)
	for _, rows := range l.rows() {
		count, ok := few[rows.table]
		if !ok {
			count = l.count
		}
		l.fill(t, rows.table, rows.changed, count)
		if rows.others != "" {
			l.fill(t, rows.table, rows.changed+" || "+rows.others, count/3)
		}
	}
	l.analyze(t)
	return l
}

// analyze has PostgreSQL count what the tables have, so that each run plans alike: all rows are
// read instead of a random sample, and nothing counts them again meanwhile. Without their names it
// would read the tables of all tests that run, and wait for them.
func (l *largeSite) analyze(t *testing.T) {
	t.Helper()
	const rowsOfTarget = 300 // so many rows are read for each unit of the target
	_, err := l.db.ExecContext(t.Context(), fmt.Sprintf(`DO $$
		DECLARE
			found text;
		BEGIN
			PERFORM set_config('default_statistics_target', '%d', true);
			FOR found IN SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' LOOP
				EXECUTE 'ALTER TABLE ' || found || ' SET (autovacuum_enabled = false)';
				EXECUTE 'ANALYZE ' || found;
			END LOOP;
		END $$`, 100+2*max(l.count, sizeOfCrowd)/rowsOfTarget))
	require.NoError(t, err)
}

// begin stores one of everything.
func (l *largeSite) begin(t *testing.T, s *models.Store) {
	t.Helper()
	ctx := t.Context()
	l.site = modeltest.Site(t, s)
	l.actor = modeltest.ActorOf(l.site)
	l.to = modeltest.Integration(t, s, l.site)
	l.pool = tracking.Pool{SiteID: l.site.ID, Name: "Example pool", Enabled: true, Replaces: []string{onThePages}, HoldMinutes: 30}
	require.NoError(t, s.CreatePool(ctx, l.actor, &l.pool))
	l.number = tracking.Number{SiteID: l.site.ID, Number: poolNumber(0), PoolID: l.pool.ID, Enabled: true}
	require.NoError(t, s.CreateNumber(ctx, l.actor, &l.number))
	plan, err := s.SitePlan(ctx, l.site.ScriptKey)
	require.NoError(t, err)
	_, err = s.RecordActivity(ctx, plan, models.Activity{WantsNumbers: true, Activity: visitors.Activity{
		VisitorID: "visitor-of-the-sample", HitID: "view-of-the-sample", VisitorIDs: map[string]string{"bizible": "biz-of-the-sample"},
		Hit: visits.Hit{At: modeltest.Start, URL: "https://www.example.com/"},
	}})
	require.NoError(t, err)
	l.sent = modeltest.Delivery(t, s, l.site, l.to)
	require.NoError(t, s.PutCRMPerson(ctx, l.site.AccountID, &crm.Person{SiteID: l.site.ID, ExternalID: "p0", Phone: modeltest.Caller, Email: "person@example.com"}))
	require.NoError(t, s.PutOpportunity(ctx, l.site.AccountID, &crm.Opportunity{SiteID: l.site.ID, ExternalID: "o0", OpenedAt: modeltest.Start}))
	_, err = s.PutTasks(ctx, l.site.AccountID, l.site.ID, []journeys.Task{{ExternalID: "t0"}})
	require.NoError(t, err)
	for more := true; more; { // facts and touchpoints of what was delivered
		more, err = s.Work(ctx)
		require.NoError(t, err)
	}
	begun, err := s.BeginAttempt(ctx, l.sent.ID, time.Minute)
	require.NoError(t, err)
	require.NoError(t, s.EndAttempt(ctx, deliveries.AttemptEnd{
		Attempt: deliveries.Attempt{DeliveryID: l.sent.ID, Number: begun.Number, StartedAt: modeltest.Start}, State: deliveries.Delivered,
	}))
	require.NoError(t, s.FinishConversion(ctx, l.sent.ConversionID))
	l.work(t, s)
	l.user, err = s.CreateFirstAdmin(ctx, l.actor, users.User{Email: "admin@example.com", PasswordHash: "hash"})
	require.NoError(t, err)
	session := users.Session{ID: "session-of-the-sample", UserID: l.user.ID, AccountID: l.site.AccountID, EndsAt: modeltest.Start.Add(24 * time.Hour)}
	require.NoError(t, s.BeginSession(ctx, l.actor, &session))
	l.session = session.ID
	l.source, err = s.PutSource(ctx, l.actor, l.site.ID, "callrail", func(x *websites.Source) error { x.Enabled = true; return nil })
	require.NoError(t, err)
}

// work counts and computes all that is to be counted and computed.
func (l *largeSite) work(t *testing.T, s *models.Store) {
	t.Helper()
	for _, work := range []func(*models.Store) (bool, error){
		func(s *models.Store) (bool, error) { return s.Work(t.Context()) },
		func(s *models.Store) (bool, error) { return s.WorkJourneys(t.Context()) },
		func(s *models.Store) (bool, error) { return s.WorkRevenue(t.Context()) },
	} {
		for more := true; more; {
			var err error
			more, err = work(s)
			require.NoError(t, err)
		}
	}
}

// rowsOf are rows of a table: those of the large site, and those of the others.
type rowsOf struct{ table, changed, others string }

// few is how many rows a site or account has of what it does not have many of.
var few = map[string]int{
	"sites": otherSites, "integrations": otherSites, "accounts": 200, "tracking_numbers": 200, "source_hours": 600, "tokens": 200,
	"user_links": 200, "user_sessions": 200, "incidents": 200, "unread_messages": 3000,
}

// unfilled are the tables that rows leaves out, each with the reason.
var unfilled = map[string]string{
	"account_sends": fewRows, "alert_settings": fewRows, "breakers": fewRows, "crm_reading_objects": fewRows, "crm_readings": fewRows, "fleet_hosts": fewRows, "fleet_slots": fewRows,
	"fleet_workers": fewRows, "integration_tokens": fewRows, "integration_versions": fewRows, "journey_rates": fewRows, "journey_rules": fewRows, "last_messages": fewRows, "pools": fewRows,
	"refused_messages": fewRows, "report_series": fewRows, "site_retention": fewRows, "site_sources": fewRows, "source_activity": fewRows, "source_reconciliations": fewRows,
	"journey_marks": shortLived, "report_dirty": shortLived, "report_marks": shortLived, "revenue_stale": shortLived,
}

const (
	fewRows    = "it has few rows for each site, integration, worker or account"
	shortLived = "its rows are removed when they have been counted or computed, which the tests do: those about a backlog fill it"
)

// rows returns what fills the database. The columns that it leaves out are those of the row that
// the table has.
func (l *largeSite) rows() []rowsOf {
	other := fmt.Sprintf("'site_' || (1 + g %% %d)", otherSites)
	elsewhere := func(columns string) string { return "jsonb_build_object('site_id', " + other + columns + ")" }
	return append([]rowsOf{
		{"sites", `jsonb_build_object('id', 'site_' || g, 'script_key', 'key_' || g)`, ""},
		{"integrations", `jsonb_build_object('id', 'int_' || g, 'site_id', 'site_' || g)`, ""},
		{"conversions", `jsonb_build_object('kind', CASE WHEN g % 10 = 0 THEN 'call' ELSE 'lead' END, 'state', CASE WHEN g % 50 = 0 THEN 'waiting' ELSE 'done' END,
			'created_at', (r).created_at + interval '119 minutes', 'id', 'cnv_' || g, 'external_id', 'e' || g, 'workflow_id', 'w' || g, 'at', (r).at - g * interval '1 minute', 'person', '+1202555' || g,
			'phone', '+1202555' || g, 'email', 'p' || g || '@example.com')`,
			elsewhere(", 'id', 'oth_' || g")},
		{"events", `jsonb_build_object('seq', 1000 + g, 'conversion_id', 'cnv_' || g)`, elsewhere(", 'seq', 1000000000 + g, 'conversion_id', 'oth_' || g")},
		{"conversion_tags", `jsonb_build_object('conversion_id', 'cnv_' || g)`, elsewhere(", 'conversion_id', 'oth_' || g")},
		{"decisions", `jsonb_build_object('id', 'dec_' || g, 'conversion_id', 'cnv_' || g)`, elsewhere(", 'id', 'doth_' || g, 'conversion_id', 'oth_' || g, 'integration_id', 'int_' || (1 + g % 10)")},
		{"deliveries", `jsonb_build_object('id', 'dlv_' || g, 'state', CASE WHEN g % 10 = 0 THEN 'failed' ELSE 'delivered' END, 'conversion_id', 'cnv_' || g, 'decision_id', 'dec_' || g, 'created_at', (r).created_at - g * interval '1 minute')`,
			elsewhere(", 'id', 'dloth_' || g, 'conversion_id', 'oth_' || g, 'decision_id', 'doth_' || g, 'integration_id', 'int_' || (1 + g % 10)")},
		{"attempts", `jsonb_build_object('id', 'att_' || g, 'delivery_id', 'dlv_' || g, 'request', '{"url": "https://hooks.example.com/"}'::jsonb)`, elsewhere(", 'id', 'aoth_' || g, 'delivery_id', 'dloth_' || g")},
		{"judged_facts", `jsonb_build_object('conversion_id', 'cnv_' || g, 'seq', 1, 'final', true, 'site_id', '` + l.site.ID + `', 'facts', '{}'::jsonb, 'event', '{}'::jsonb, 'created_at', timestamptz '2026-03-02')`, elsewhere(", 'conversion_id', 'oth_' || g")},
		{"visits", `jsonb_build_object('id', 'vis_' || g, 'site_id', '` + l.site.ID + `', 'conversion_id', 'cnv_' || g, 'session_id', '', 'person', '+1202555' || g, 'at', now(), 'traffic', '{}'::jsonb, 'created_at', now())`, ""},
		{"visit_visitors", `jsonb_build_object('visit_id', 'vis_' || g, 'system', 'bizible', 'visitor_id', 'biz-' || g, 'site_id', '` + l.site.ID + `', 'at', now())`, ""},
		{"visitors", `jsonb_build_object('id', 'visitor-' || g)`, elsewhere(", 'id', 'other-visitor-' || g")},
		{"visitor_ids", `jsonb_build_object('visitor_id', 'visitor-' || g, 'value', 'biz-' || g)`, elsewhere("")},
		{"person_keys", `jsonb_build_object('site_id', '` + l.site.ID + `', 'key', '+1202555' || g, 'person_id', 'prs_' || g, 'created_at', now())`, elsewhere("")},
		{"person_claims", `jsonb_build_object('site_id', '` + l.site.ID + `', 'key', '+1202555' || g, 'visitor_id', 'visitor-' || g, 'created_at', now())`, elsewhere("")},
		{"sessions", `jsonb_build_object('id', 'ses_' || g, 'visitor_id', 'visitor-' || g, 'started_at', (r).started_at - g * interval '1 minute', 'last_activity_at', (r).started_at - g * interval '1 minute',
			'traffic', CASE WHEN g % 2 = 0 THEN jsonb_build_object('campaign', 'frequent') ELSE (r).traffic END)`, elsewhere(", 'id', 'soth_' || g, 'visitor_id', 'other-visitor-' || g")},
		{"page_views", `jsonb_build_object('id', 'view-' || g, 'session_id', 'ses_' || g)`, elsewhere(", 'session_id', 'soth_' || g")},
		{"tracking_numbers", `jsonb_build_object('id', 'num_' || g, 'number', '+1303555' || g, 'held_by', '', 'held_until', null)`, elsewhere(", 'id', 'noth_' || g, 'pool_id', ''")},
		{"assignments", `jsonb_build_object('id', 'asg_' || g, 'session_id', 'ses_' || g, 'visitor_id', 'visitor-' || g, 'number_id', CASE WHEN g % 10 = 0 THEN (r).number_id ELSE 'num_' || (1 + g % 200) END,
			'held_from', (r).held_from - g * interval '1 minute', 'held_until', (r).held_until - g * interval '1 minute')`, elsewhere(", 'id', 'asoth_' || g, 'session_id', 'soth_' || g, 'number_id', 'noth_' || (1 + g % 60)")},
		{"outbox", `jsonb_build_object('seq', 1000 + g, 'workflow_id', 'w' || g, 'site_id', '` + l.site.ID + `', 'conversion_id', 'cnv_' || g, 'delivery_id', '', 'kind', 'call', 'event_type', '', 'tries', 3,
			'next_try_at', timestamptz '2030-01-01', 'created_at', timestamptz '2026-01-01')`, elsewhere(", 'seq', 1000000000 + g, 'conversion_id', 'oth_' || g")},
		{"unread_messages", `jsonb_build_object('id', 'unr_' || g, 'site_id', '` + l.site.ID + `', 'source', 'callrail', 'digest', 'd' || g, 'method', 'POST', 'query', '', 'content_type', '', 'body', '', 'mentions', '',
			'code', 'not_json', 'reason', '', 'received_at', timestamptz '2026-03-02', 'size', 100)`, elsewhere(", 'id', 'uoth_' || g")},
	}, l.rowsOfPeople()...)
}

// rowsOfPeople returns the rows of CRMs, of touchpoints, of reports and of who signs in.
func (l *largeSite) rowsOfPeople() []rowsOf {
	site, other := "'site_id', '"+l.site.ID+"'", fmt.Sprintf("jsonb_build_object('site_id', 'site_' || (1 + g %% %d))", otherSites)
	account, today := "'account_id', '"+l.site.AccountID+"'", strconv.Itoa(int(l.today()))
	zeros := func(table string) string { // in all columns that are numbers
		return `(SELECT jsonb_object_agg(attname, 0) FROM pg_attribute WHERE attrelid = '` + table + `'::regclass AND attnum > 0 AND atttypid IN ('integer'::regtype, 'bigint'::regtype))`
	}
	return []rowsOf{
		{"crm_people", `jsonb_build_object('id', 'crm_' || g, 'external_id', 'p' || g, 'phone', '+1202555' || g, 'email', 'p' || g || '@example.com', 'account', 'a' || g / 4)`, other + ` || jsonb_build_object('id', 'crmo_' || g)`},
		{"opportunities", `jsonb_build_object('id', 'opp_' || g, 'external_id', 'o' || g, 'account', 'a' || g / 4)`, other + ` || jsonb_build_object('id', 'oppo_' || g)`},
		{"crm_tasks", `jsonb_build_object('id', 'tsk_' || g, 'external_id', 't' || g, 'person', 'p' || g, 'bizible_id', 'biz-' || g, 'conversion_id', 'cnv_' || g)`, other + ` || jsonb_build_object('id', 'tsko_' || g)`},
		{"journey_touchpoints", `jsonb_build_object(` + site + `, 'generation', 1, 'id', 'tp_' || g, 'holder', 'h' || g, 'person_id', 'crm_' || g, 'in_crm', true, 'kind', 'visit',
			'at', timestamptz '2026-03-02 09:00+00' - g * interval '1 minute', 'day', (date '2026-03-02' - g / 100)::text, 'session_id', 'ses_' || g, 'conversion_id', 'cnv_' || g, 'task_id', '', 'type', 'Web Visit', 'medium', 'cpc', 'source', 'google',
			'channel', CASE WHEN g % 2 = 0 THEN 'Paid Search' ELSE 'Direct' END, 'subchannel', '', 'campaign', CASE WHEN g % 2 = 0 THEN 'frequent' ELSE '' END, 'landing_page', '', 'positions', '[]'::jsonb, 'position', '',
			'first_touch', 0, 'lead_creation', 0, 'u_shaped', 0, 'removed', false, 'suppressed', false, 'detail', '{}'::jsonb, 'updated_at', now())`, other},
		{"journey_credits", `jsonb_build_object(` + site + `, 'generation', 1, 'opportunity_id', 'opp_' || g, 'model', 'first_touch', 'touchpoint_id', 'tp_' || g, 'person_id', 'crm_' || g, 'position', '', 'share', 1, 'amount', 1, 'currency', 'USD', 'updated_at', now())`, other},
		{"journey_calls", `jsonb_build_object(` + site + `, 'generation', 1, 'id', 'cnv_' || g, 'conversion_id', 'cnv_' || g, 'task_id', '', 'person_id', 'crm_' || g, 'outcome', 'no_person', 'merging', '{}'::jsonb, 'updated_at', now(), 'day', (date '2026-03-02' - g / 100)::text)`, other},
		{"journey_opportunities", `jsonb_build_object(` + site + `, 'generation', 1, 'opportunity_id', 'opp_' || g, 'journey', '{}'::jsonb, 'updated_at', now())`, other},
		{"journey_browsers", `jsonb_build_object(` + site + `, 'bizible_id', 'biz-' || g, 'ref', 'session/ses_' || g)`, other},
		{"journey_visitors", `jsonb_build_object(` + site + `, 'visitor_id', 'visitor-' || g)`, other},
		{"journey_members", `jsonb_build_object(` + site + `, 'person', 'p' || g, 'opportunity_id', 'opp_' || g)`, other},
		{"revenue_leads", `jsonb_build_object(` + site + `, 'generation', 1, 'external_id', 'p' || g, 'person_id', 'crm_' || g, 'at', now(), 'day', (date '2026-03-02' - g / 100)::text)`, other},
		{"revenue_deals", `jsonb_build_object(` + site + `, 'generation', 1, 'opportunity_id', 'opp_' || g, 'opened_day', (date '2026-03-02' - g / 100)::text, 'closed_day', '', 'won', false, 'touched', false, 'amount', 1, 'currency', 'USD')`, other},
		{"revenue_days", zeros("revenue_days") + ` || jsonb_build_object(` + site + `, 'generation', 1, 'dimension', 'channel', 'day', (date '2025-12-31' - g / 100)::text, 'figure', 'touchpoints', 'key', 'c' || g, 'currency', '')`, other},
		{"revenue_months", zeros("revenue_months") + ` || jsonb_build_object(` + site + `, 'generation', 1, 'dimension', 'channel', 'day', (date '2025-12-01' - (g / 100) * interval '1 month')::date::text, 'figure', 'touchpoints', 'key', 'c' || g, 'currency', '')`, other},
		{"report_facts", `jsonb_build_object('conversion_id', 'cnv_' || g, 'day', (r).day - g / 100, 'campaign', CASE WHEN g % 2 = 0 THEN 'frequent' ELSE '' END)`, `jsonb_build_object('series_id', 1000 + g % 10)`},
		{"report_sends", `jsonb_build_object('decision_id', 'dec_' || g, 'conversion_id', 'cnv_' || g, 'day', (r).day - g / 100)`, `jsonb_build_object('series_id', 1000 + g % 10)`},
		{"report_days", zeros("report_days") + ` || jsonb_build_object('series_id', (SELECT max(id) FROM report_series), 'dimension', 'campaign', 'day', ` + today + ` - 1 - g / 100, 'key', 'c' || g)`, `jsonb_build_object('series_id', 1000 + g % 10)`},
		{"report_months", zeros("report_months") + ` || jsonb_build_object('series_id', (SELECT max(id) FROM report_series), 'dimension', 'campaign', 'day', ` + today + ` - 400 - g / 100, 'key', 'c' || g)`, `jsonb_build_object('series_id', 1000 + g % 10)`},
		{"report_send_days", zeros("report_send_days") + ` || jsonb_build_object('series_id', (SELECT max(id) FROM report_series), 'integration_id', '` + l.to.ID + `', 'day', ` + today + ` - 1 - g / 100, 'reason', 'r' || g)`, `jsonb_build_object('series_id', 1000 + g % 10)`},
		{"audit_entries", `jsonb_build_object('id', 'aud_' || g, ` + account + `, 'entity_id', 'e' || g)`, `jsonb_build_object('id', 'audo_' || g, 'account_id', 'acc_' || (1 + g % 10))`},
		{"accounts", `jsonb_build_object('id', 'acc_' || g)`, ""},
		{"tokens", `jsonb_build_object('id', 'tok_' || g, ` + account + `, 'name', 'Sample', 'role', 'viewer', 'secret_hash', '\x00', 'created_at', now())`, `jsonb_build_object('id', 'toko_' || g, 'account_id', 'acc_' || (1 + g % 10))`},
		{"users", `jsonb_build_object('id', 'usr_' || g, 'email', 'u' || g || '@example.com')`, ""},
		{"memberships", `jsonb_build_object('user_id', 'usr_' || g)`, `jsonb_build_object('account_id', 'acc_' || (1 + g % 10))`},
		{"user_sessions", `jsonb_build_object('id', 'uss_' || g, 'user_id', 'usr_' || g)`, ""},
		{"user_links", `jsonb_build_object('id', 'lnk_' || g, 'purpose', 'invitation', 'secret_hash', 'x' || lpad(to_hex(g), 8, '0'), ` + account + `, 'email', 'i' || g || '@example.com', 'role', 'viewer', 'sites', '{}'::jsonb, 'created_by', '', 'created_at', now(), 'ends_at', timestamptz '2030-01-01')`, ""},
		{"saved_views", `jsonb_build_object('id', 'viw_' || g, ` + site + `, 'user_id', 'usr_' || g, 'list', 'calls', 'name', 'v' || g, 'query', '', 'created_at', now())`, ""},
		{"web_sessions", `jsonb_build_object('id', 'web_' || g, 'data', '\x00', 'expires_at', timestamptz '2030-01-01')`, ""},
		{"incidents", `jsonb_build_object('id', 'inc_' || g, ` + account + `, ` + site + `, 'kind', 'breaker', 'subject', 's' || g, 'name', '', 'site', '', 'count', 1, 'bound', 1, 'since', timestamptz '2026-03-01',
			'began_at', timestamptz '2026-03-01', 'ended_at', timestamptz '2026-03-02 08:00+00', 'sent', false)`, ""},
		{"notices", `jsonb_build_object('id', 'not_' || g, ` + account + `, 'channel', 'mail', 'thread', '', 'content', '\x00', 'tries', 1, 'next_try_at', timestamptz '2030-01-01', 'ends_at', timestamptz '2030-01-01', 'created_at', now())`, ""},
		{"forgotten_visitors", `jsonb_build_object(` + site + `, 'visitor', 'f' || g, 'until', timestamptz '2030-01-01')`, other},
		{"source_hours", `jsonb_build_object(` + site + `, 'source', 'callrail', 'hour', timestamptz '2026-03-02 09:00+00' - g * interval '1 hour')`, other},
	}
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
