package journeys_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"ringback/models"
	"ringback/models/database"
	"ringback/models/erasing"
	"ringback/models/journeys"
	"ringback/models/journeys/graph"
	"ringback/models/modeltest"
	"ringback/touchpoints"
)

// small are limits which a small crowd exceeds: to compute what the usual ones allow takes long
// in a test. RoomOfStart is enough for as many marks as
// are computed at once.
var small = graph.Limits{Nodes: 200, Sessions: 200, Read: 500, Together: 50, RoomOfStart: 60, LeastRoom: 5}

// The sizes of crowds.
const (
	large = 220 // more than is computed together
	huge  = 800 // more than is read of what no index has in order, and than a statement names at once
)

// throng is a story with a database in which one row becomes many. Its journeys are computed
// within small limits.
type throng struct {
	story

	clock *clockwork.FakeClock
	db    *sql.DB
	own   *database.DB               // by which journeys are computed
	later func(column string) string // SQL for a time, n seconds later
	json  func(text string) string   // SQL for a column of JSON

	parameters *int // the most that a statement by own has had that inserts nothing
}

// eachThrong runs a test on both databases, two days after the day of the story.
func eachThrong(t *testing.T, test func(t *testing.T, s throng)) {
	t.Helper()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := throng{story: newStory(t, modeltest.Open(t, dsn, clock)), clock: clock, db: modeltest.SQL(t, dsn), own: modeltest.Database(t, dsn, clock)}
		s.parameters = countParameters(t, s.own)
		s.Journeys, s.Eraser = journeys.New(s.own, small), erasing.New(s.own, s.Store)
		s.later = func(column string) string { return column + " + n * interval '1 second'" }
		s.json = func(text string) string { return "CAST(" + text + " AS jsonb)" }
		if strings.HasPrefix(dsn, "sqlite:") {
			s.later = func(column string) string {
				return "strftime('%Y-%m-%d %H:%M:%S+00:00', " + column + ", '+' || n || ' seconds')"
			}
			s.json = func(text string) string { return text }
		}
		clock.Advance(s.at(48, 0).Sub(clock.Now()))
		test(t, s)
	})
}

// countParameters returns the most parameters that a statement has from now on which does not
// insert: how many rows are inserted at once is a number of its own.
func countParameters(t *testing.T, db *database.DB) *int {
	t.Helper()
	most := new(int)
	count := func(tx *gorm.DB) { *most = max(*most, len(tx.Statement.Vars)) }
	for _, session := range []*gorm.DB{db.Read(t.Context()), db.Write(t.Context())} {
		callbacks := session.Callback()
		require.NoError(t, errors.Join(
			callbacks.Query().After("gorm:query").Register("test:count", count), callbacks.Row().After("gorm:row").Register("test:count", count),
			callbacks.Update().After("gorm:update").Register("test:count", count), callbacks.Delete().After("gorm:delete").Register("test:count", count),
			callbacks.Raw().After("gorm:raw").Register("test:count", count),
		))
	}
	return most
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
		modeltest.Multiply(t, s.db, "conversions", first, count, map[string]string{
			"external_id": "'many-' || n", "workflow_id": "'many-' || n", "at": s.later("at"),
			"visitor_ids": s.json("'{\"bizible\":\"28c1063cb0a64349ad0d2d86' || " + modeltest.Digits + " || '\"}'"),
		})
		return func() string { return s.calls(t, "again", modeltest.Caller, bensBrowser, s.at(47, 0)) }
	},
	"the browser of a clerk": func(t *testing.T, s throng, count int) func() string {
		t.Helper()
		s.views(t, "visitor-clerk-00000001", annsBrowser, s.at(7, 55), adPage)
		first := s.calls(t, "first", "+12025550100", annsBrowser, s.at(8, 0))
		modeltest.Multiply(t, s.db, "conversions", first, count, map[string]string{
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
		modeltest.Multiply(t, s.db, "crm_tasks", tasks[0].ID, count, map[string]string{
			"external_id": "'00T' || n", "at": s.later("at"), "bizible_id": "'28c1063cb0a64349ad0d2d86' || " + modeltest.Digits,
		})
		return func() string { return s.calls(t, "again", modeltest.Caller, annsBrowser, s.at(47, 0)) }
	},
	"a browser that visits all day": func(t *testing.T, s throng, count int) func() string {
		t.Helper()
		session := s.views(t, "visitor-robot-00000001", annsBrowser, s.at(7, 55), adPage)
		s.calls(t, "first", modeltest.Caller, annsBrowser, s.at(7, 56))
		modeltest.Multiply(t, s.db, "sessions", session, count, map[string]string{"started_at": s.later("started_at"), "last_activity_at": s.later("last_activity_at")})
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
				again := way(t, s, large)
				s.markSome(t, 7)
				s.computesAll(t)
				before, calls := s.touches(t), s.count(t, "journey_calls")
				marked := s.count(t, "conversions WHERE external_id LIKE '%7'") + s.count(t, "crm_tasks WHERE external_id LIKE '%7'")
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

// TestM8_AStatementDoesNotNameAHugeCrowd has more of everything than any statement may name: there
// is a number of parameters that databases take.
func TestM8_AStatementDoesNotNameAHugeCrowd(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachThrong(t, func(t *testing.T, s throng) {
				again := way(t, s, huge)
				s.computesAll(t)
				last := again()
				s.computesAll(t)
				require.NotEmpty(t, s.outcome(t, last).Outcome)
				require.Positive(t, *s.parameters)
				require.Less(t, *s.parameters, huge)
			})
		})
	}
}

// TestG8_AVisitorOfACrowdIsForgotten is more people, and a contact has more Tasks, than a statement
// may name.
func TestG8_AVisitorOfACrowdIsForgotten(t *testing.T) {
	t.Parallel()
	eachThrong(t, func(t *testing.T, s throng) {
		s.views(t, "visitor-clerk-00000001", annsBrowser, s.at(7, 55), adPage)
		s.calls(t, "first", modeltest.Caller, annsBrowser, s.at(8, 0))
		s.computesAll(t)
		for id := range s.touches(t) {
			modeltest.Multiply(t, s.db, "journey_touchpoints", id, huge, map[string]string{"person_id": "'many-' || n"})
		}
		require.NoError(t, s.own.Tx(t.Context(), "forgetting a visitor", func(tx *gorm.DB) error {
			return journeys.ForgetVisitors(tx, s.site.ID, []string{"visitor-clerk-00000001"})
		}))
		require.Less(t, *s.parameters, huge)
		require.Zero(t, s.count(t, "journey_touchpoints"))
	})
}

func TestG8_AContactWithManyTasksIsErased(t *testing.T) {
	t.Parallel()
	eachThrong(t, func(t *testing.T, s throng) {
		ways["a contact of the CRM"](t, s, huge)
		in, who := erasing.Scope{AccountID: s.site.AccountID, SiteID: s.site.ID}, erasing.Person{Phone: modeltest.Caller}
		count, err := s.CountPerson(t.Context(), in, who)
		require.NoError(t, err)
		_, err = s.ErasePerson(t.Context(), modeltest.ActorOf(s.site), in, who, count.Total())
		require.NoError(t, err)
		require.Zero(t, s.count(t, "crm_tasks"))
		require.Less(t, *s.parameters, huge)
	})
}
