package journeys_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models/erasing"
	"ringback/models/journeys"
	"ringback/models/modeltest"
)

// changes are what may happen to a crowd whose journeys are computed. Each prepares the crowd,
// and returns a function that changes it.
var changes = map[string]func(t *testing.T, s throng) (change func()){
	"its first is erased": func(t *testing.T, s throng) func() {
		t.Helper()
		form := modeltest.Lead(s.site, "lead")
		form.Lead = conversion.Lead{At: s.at(7, 0), Phone: modeltest.Caller, Fields: map[string]string{"colleague": "first@example.com"}}
		_, err := s.AcceptLead(t.Context(), form)
		require.NoError(t, err)
		ways["the number of a telephone system"](t, s, large)
		return func() {
			in, who := erasing.Scope{AccountID: s.site.AccountID, SiteID: s.site.ID}, erasing.Person{Email: "first@example.com"}
			count, err := s.CountPerson(t.Context(), in, who)
			require.NoError(t, err)
			require.EqualValues(t, 1, count.Total())
			_, err = s.ErasePerson(t.Context(), modeltest.ActorOf(s.site), in, who, count.Total())
			require.NoError(t, err)
		}
	},
	"its contact is deleted": func(t *testing.T, s throng) func() {
		t.Helper()
		p := s.person(t, "003", modeltest.Caller, s.at(8, 0))
		ways["the number of a telephone system"](t, s, large)
		return func() { require.NoError(t, s.DeleteCRMPerson(t.Context(), s.site.AccountID, s.site.ID, p.ID)) }
	},
	"its contact gets another number": func(t *testing.T, s throng) func() {
		t.Helper()
		s.person(t, "003", modeltest.Caller, s.at(8, 0))
		ways["the number of a telephone system"](t, s, large)
		return func() { s.person(t, "003", "+12025550188", s.at(8, 0)) }
	},
	"a contact takes its number": func(t *testing.T, s throng) func() {
		t.Helper()
		ways["the number of a telephone system"](t, s, large)
		return func() { s.person(t, "003", modeltest.Caller, s.at(8, 0)) }
	},
	"a Task is moved to it": func(t *testing.T, s throng) func() {
		t.Helper()
		ways["a contact of the CRM"](t, s, large)
		s.person(t, "004", "+12025550188", s.at(8, 0))
		task := journeys.Task{ExternalID: "00M", Person: "004", Type: "Call", BizibleID: annsBrowser, At: new(s.at(9, 0))}
		s.reads(t, task)
		return func() {
			task.Person = "003"
			s.reads(t, task)
		}
	},
}

// eachChange computes a crowd, changes what it is known by, and computes it again. It calls
// computed after both, and prepared before the first.
func eachChange(t *testing.T, prepared, computed func(s throng, t *testing.T)) {
	t.Helper()
	for name, prepare := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachThrong(t, func(t *testing.T, s throng) {
				change := prepare(t, s)
				prepared(s, t)
				s.markSome(t, 7)
				s.computesAll(t)
				computed(s, t)
				s.clock.Advance(time.Minute)
				change()
				s.computesAll(t)
				computed(s, t)
			})
		})
	}
}

// TestM8_ACrowdThatChangesHasNoTouchpointTwice computes a crowd, changes what it is known by, and
// computes it again.
func TestM8_ACrowdThatChangesHasNoTouchpointTwice(t *testing.T) {
	t.Parallel()
	asItIs := func(throng, *testing.T) {}
	eachChange(t, asItIs, func(s throng, t *testing.T) {
		t.Helper()
		require.Zero(t, s.doubled(t))
	})
}

// doubled returns how many calls, leads and Tasks have several touchpoints.
func (s throng) doubled(t *testing.T) int {
	t.Helper()
	return s.count(t, "(SELECT conversion_id, task_id FROM journey_touchpoints WHERE conversion_id <> '' OR task_id <> '' GROUP BY conversion_id, task_id HAVING COUNT(*) > 1) AS several")
}
