package journeys_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/erasing"
	"ringback/models/journeys"
	"ringback/models/modeltest"
	"ringback/touchpoints"
)

// throng is a story with a database in which one row becomes many.
type throng struct {
	story

	clock *clockwork.FakeClock
	db    *sql.DB
	later func(column string) string // SQL for a time, n seconds later
	json  func(text string) string   // SQL for a column of JSON

	parameters int // that a statement has at most
}

// eachThrong runs a test on both databases, two days after the day of the story.
func eachThrong(t *testing.T, test func(t *testing.T, s throng)) {
	t.Helper()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := throng{story: newStory(t, modeltest.Open(t, dsn, clock)), clock: clock, db: modeltest.SQL(t, dsn), parameters: 65_535}
		s.later = func(column string) string { return column + " + n * interval '1 second'" }
		s.json = func(text string) string { return "CAST(" + text + " AS jsonb)" }
		if strings.HasPrefix(dsn, "sqlite:") {
			s.parameters = 32_766
			s.later = func(column string) string {
				return "strftime('%Y-%m-%d %H:%M:%S+00:00', " + column + ", '+' || n || ' seconds')"
			}
			s.json = func(text string) string { return text }
		}
		clock.Advance(s.at(48, 0).Sub(clock.Now()))
		test(t, s)
	})
}

// digits is SQL for the number of a copy with eight digits.
const digits = "substr(CAST(100000000 + n AS text), 2)"

// multiply adds copies of a row, with other values of some columns: SQL with the number n of
// the copy. Their ids sort by it.
func (s throng) multiply(t *testing.T, table, id string, count int, changed map[string]string) {
	t.Helper()
	rows, err := s.db.QueryContext(t.Context(), "SELECT * FROM "+table+" LIMIT 0")
	require.NoError(t, err)
	columns, err := rows.Columns()
	require.NoError(t, err)
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
	selected := make([]string, len(columns))
	for i, column := range columns {
		selected[i] = column
		if value, is := changed[column]; is {
			selected[i] = value
		}
		if column == "id" {
			selected[i] = "'" + id[:len(id)-8] + "' || " + digits
		}
	}
	s.exec(t, fmt.Sprintf("WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d) INSERT INTO %s (%s) SELECT %s FROM %s, numbers WHERE id = '%s'",
		count, table, strings.Join(columns, ", "), strings.Join(selected, ", "), table, id))
}

func (s throng) exec(t *testing.T, statement string) {
	t.Helper()
	_, err := s.db.ExecContext(t.Context(), statement)
	require.NoError(t, err, statement)
}

func (s throng) count(t *testing.T, from string) (n int) {
	t.Helper()
	require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+from).Scan(&n))
	return n
}

// ways are the ways in which a crowd shares something. Each adds so many calls or Tasks to
// one that is there, and returns a function that adds another one and returns its id.
var ways = map[string]func(t *testing.T, s throng, count int) (again func() string){
	"the number of a telephone system": func(t *testing.T, s throng, count int) func() string {
		t.Helper()
		first := s.calls(t, "first", modeltest.Caller, annsBrowser, s.at(8, 0))
		s.multiply(t, "conversions", first, count, map[string]string{
			"external_id": "'many-' || n", "workflow_id": "'many-' || n", "at": s.later("at"),
			"visitor_ids": s.json("'{\"bizible\":\"28c1063cb0a64349ad0d2d86' || " + digits + " || '\"}'"),
		})
		return func() string { return s.calls(t, "again", modeltest.Caller, bensBrowser, s.at(47, 0)) }
	},
	"the browser of a clerk": func(t *testing.T, s throng, count int) func() string {
		t.Helper()
		s.views(t, "visitor-clerk-00000001", annsBrowser, s.at(7, 55), adPage)
		first := s.calls(t, "first", "+12025550100", annsBrowser, s.at(8, 0))
		s.multiply(t, "conversions", first, count, map[string]string{
			"external_id": "'many-' || n", "workflow_id": "'many-' || n", "at": s.later("at"),
			"phone": "'+1202' || (2000000 + n)", "person": "'+1202' || (2000000 + n)",
		})
		s.exec(t, "INSERT INTO journey_browsers (site_id, bizible_id, ref) SELECT site_id, '"+annsBrowser+"', 'conversion/' || id FROM conversions WHERE external_id LIKE 'many-%'")
		return func() string {
			s.views(t, "visitor-clerk-00000001", annsBrowser, s.at(46, 50), adPage)
			return s.calls(t, "again", "+12025550177", annsBrowser, s.at(47, 0))
		}
	},
	"a contact of the CRM": func(t *testing.T, s throng, count int) func() string {
		t.Helper()
		s.person(t, "003", modeltest.Caller, s.at(8, 0))
		at := s.at(8, 0)
		s.reads(t, journeys.Task{ExternalID: "00T", Person: "003", Type: "Call", BizibleID: bensBrowser, At: &at})
		tasks, _, err := s.Tasks(t.Context(), s.site.AccountID, s.site.ID, models.Page{})
		require.NoError(t, err)
		s.multiply(t, "crm_tasks", tasks[0].ID, count, map[string]string{
			"external_id": "'00T' || n", "at": s.later("at"), "bizible_id": "'28c1063cb0a64349ad0d2d86' || " + digits,
		})
		return func() string { return s.calls(t, "again", modeltest.Caller, annsBrowser, s.at(47, 0)) }
	},
	"a browser that visits all day": func(t *testing.T, s throng, count int) func() string {
		t.Helper()
		session := s.views(t, "visitor-robot-00000001", annsBrowser, s.at(7, 55), adPage)
		s.calls(t, "first", modeltest.Caller, annsBrowser, s.at(7, 56))
		s.multiply(t, "sessions", session, count, map[string]string{"started_at": s.later("started_at"), "last_activity_at": s.later("last_activity_at")})
		return func() string {
			s.views(t, "visitor-robot-00000001", annsBrowser, s.at(46, 50), adPage)
			return s.calls(t, "again", modeltest.Caller, annsBrowser, s.at(47, 0))
		}
	},
}

// computesAll computes all that has changed, and requires that nothing failed.
func (s throng) computesAll(t *testing.T) {
	t.Helper()
	s.compute(t)
	require.Zero(t, s.count(t, "journey_marks WHERE failures > 0"))
}

// markSome marks every so many of the calls, leads and Tasks.
func (s throng) markSome(t *testing.T, every int) {
	t.Helper()
	for _, of := range []struct{ kind, table string }{{"conversion", "conversions"}, {"task", "crm_tasks"}} {
		s.exec(t, fmt.Sprintf("INSERT INTO journey_marks (site_id, kind, ref, created_at) SELECT site_id, '%s', id, created_at FROM %s WHERE substr(external_id, 4) LIKE '%%%d'",
			of.kind, of.table, every))
	}
}

// touches returns what is stored of all touchpoints, by their ids.
func (s throng) touches(t *testing.T) map[string]journeys.Touchpoint {
	t.Helper()
	all := map[string]journeys.Touchpoint{}
	for page := (models.Page{Limit: 200}); ; {
		some, next, err := s.Touchpoints(t.Context(), journeys.TouchpointFilter{AccountID: s.site.AccountID, SiteID: s.site.ID, All: true}, page)
		require.NoError(t, err)
		for _, x := range some {
			all[x.ID] = x
		}
		if page.Cursor = next; next == "" {
			return all
		}
	}
}

// TestM8_ACrowdLosesNoTouchpoint has more calls of one number, browser or contact, or visits,
// than are computed together, and one more.
func TestM8_ACrowdLosesNoTouchpoint(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachThrong(t, func(t *testing.T, s throng) {
				again := way(t, s, 2_100)
				s.markSome(t, 77)
				s.computesAll(t)
				before, calls := s.touches(t), s.count(t, "journey_calls")
				marked := s.count(t, "conversions WHERE external_id LIKE '%77'") + s.count(t, "crm_tasks WHERE external_id LIKE '%77'")
				require.GreaterOrEqual(t, s.count(t, "journey_calls WHERE conversion_id <> '' OR task_id <> ''"), marked)
				require.NotEmpty(t, before)

				s.clock.Advance(time.Minute)
				last := again()
				s.computesAll(t)
				after := s.touches(t)
				for id, x := range before {
					require.Equal(t, x, after[id], "what was computed stays")
				}
				require.Equal(t, calls+1, s.count(t, "journey_calls"))
				var added []journeys.Touchpoint
				for id, x := range after {
					if _, known := before[id]; !known && x.ConversionID == last {
						added = append(added, x)
					}
				}
				require.Len(t, added, 1)
				require.Equal(t, added[0].PersonID, s.outcome(t, last).PersonID)
				if strings.Contains(name, "browser") {
					require.Equal(t, touchpoints.Merged, s.outcome(t, last).Outcome, "with the latest visit")
				} else {
					require.Equal(t, "PostLC, Form", added[0].Position, "others called before")
				}
			})
		})
	}
}

// TestM8_TheCallsOfAHugeCrowdAreComputed has more of them than a statement has parameters.
func TestM8_TheCallsOfAHugeCrowdAreComputed(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachThrong(t, func(t *testing.T, s throng) {
				again := way(t, s, s.parameters+1)
				s.computesAll(t)
				last := again()
				s.computesAll(t)
				require.NotEmpty(t, s.outcome(t, last).Outcome)
			})
		})
	}
}

// TestG8_AVisitorOfACrowdIsForgotten has more touchpoints, and a contact more Tasks, than a statement
// has parameters.
func TestG8_AVisitorOfACrowdIsForgotten(t *testing.T) {
	t.Parallel()
	eachThrong(t, func(t *testing.T, s throng) {
		s.views(t, "visitor-clerk-00000001", annsBrowser, s.at(7, 55), adPage)
		s.calls(t, "first", modeltest.Caller, annsBrowser, s.at(8, 0))
		s.computesAll(t)
		for id := range s.touches(t) {
			s.multiply(t, "journey_touchpoints", id, s.parameters+1, nil)
		}
		require.Greater(t, s.count(t, "journey_touchpoints"), s.parameters)
		require.NoError(t, s.ForgetVisitor(t.Context(), s.site.ID, "visitor-clerk-00000001"))
		require.Zero(t, s.count(t, "journey_touchpoints"))
	})
}

func TestG8_AContactWithManyTasksIsErased(t *testing.T) {
	t.Parallel()
	eachThrong(t, func(t *testing.T, s throng) {
		ways["a contact of the CRM"](t, s, s.parameters+1)
		in, who := erasing.Scope{AccountID: s.site.AccountID, SiteID: s.site.ID}, erasing.Person{Phone: modeltest.Caller}
		count, err := s.CountPerson(t.Context(), in, who)
		require.NoError(t, err)
		_, err = s.ErasePerson(t.Context(), modeltest.ActorOf(s.site), in, who, count.Total())
		require.NoError(t, err)
		require.Zero(t, s.count(t, "crm_tasks"))
	})
}
