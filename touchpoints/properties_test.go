package touchpoints_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
	"ringback/touchpoints"
)

var (
	somePeople   = rapid.SampledFrom([]string{"", "ann", "ben"})
	someBrowsers = rapid.SampledFrom([]string{"", browser, another})
	someTypes    = rapid.SampledFrom([]string{"", "Call", "Left Message"})
)

// aMoment draws one of a few times, so that draws coincide.
func aMoment(t *rapid.T, name string) time.Time {
	return at(12, rapid.IntRange(0, 20).Draw(t, name)*5)
}

func someSession(t *rapid.T, id string) touchpoints.Session {
	x := touchpoints.Session{
		ID: id, BizibleID: someBrowsers.Draw(t, "browser"), StartedAt: aMoment(t, "start"),
		CarriedOver: rapid.Bool().Draw(t, "carried over"),
		Traffic:     conversion.Traffic{Medium: rapid.SampledFrom([]string{"", "cpc", "email"}).Draw(t, "medium")},
	}
	x.LastActivityAt = x.StartedAt.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "minutes")) * time.Minute)
	for i := range rapid.IntRange(0, 2).Draw(t, "forms") {
		x.Forms = append(x.Forms, touchpoints.Form{ID: fmt.Sprint(id, "-", i), At: x.LastActivityAt, Person: somePeople.Draw(t, "who")})
	}
	return x
}

func someTask(t *rapid.T, id string) touchpoints.Task {
	return touchpoints.Task{
		ID: id, BizibleID: someBrowsers.Draw(t, "browser"), At: aMoment(t, "call"), Type: someTypes.Draw(t, "type"),
		Person: somePeople.Draw(t, "whom"), Deleted: rapid.IntRange(0, 9).Draw(t, "deleted") == 0,
	}
}

func someStory(t *rapid.T) ([]touchpoints.Session, []touchpoints.Task) {
	var sessions []touchpoints.Session
	var tasks []touchpoints.Task
	for i := range rapid.IntRange(0, 5).Draw(t, "sessions") {
		sessions = append(sessions, someSession(t, fmt.Sprint("s", i)))
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "tasks") {
		tasks = append(tasks, someTask(t, fmt.Sprint("t", i)))
	}
	return sessions, tasks
}

func someSettings(t *rapid.T) touchpoints.Settings {
	s := touchpoints.Default()
	s.Basis = rapid.SampledFrom([]touchpoints.Basis{"", touchpoints.FromStart}).Draw(t, "basis")
	s.LaterCalls = rapid.SampledFrom([]touchpoints.LaterCalls{"", touchpoints.LaterCallsSeparate}).Draw(t, "later calls")
	return s
}

// whole is everything that is decided about a story.
type whole struct {
	Touches []touchpoints.Touchpoint
	Calls   []touchpoints.Merging
	Journey touchpoints.Journey
}

func decide(s touchpoints.Settings, sessions []touchpoints.Session, tasks []touchpoints.Task) map[string]whole {
	all := map[string]whole{}
	for _, p := range touchpoints.People(sessions, tasks, nil) {
		touches, calls := s.Touches(p)
		all[p.ID] = whole{touches, calls, touchpoints.JourneyOf(p, touches)}
	}
	return all
}

func TestOrderOfArrivalNeverChangesTheResult(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sessions, tasks := someStory(t)
		s := someSettings(t)
		want := decide(s, sessions, tasks)
		shuffled := rapid.Permutation(sessions).Draw(t, "sessions in another order")
		for i := range shuffled {
			shuffled[i].Forms = rapid.Permutation(shuffled[i].Forms).Draw(t, "forms in another order")
		}
		require.Equal(t, want, decide(s, shuffled, rapid.Permutation(tasks).Draw(t, "tasks in another order")))

		var people []touchpoints.Participant
		for _, p := range touchpoints.People(sessions, tasks, nil) {
			people = append(people, touchpoints.Participant{Person: p, Touches: want[p.ID].Touches})
		}
		o := touchpoints.Opportunity{CreatedAt: aMoment(t, "created"), ClosedAt: aMoment(t, "closed")}
		require.Equal(t, o.JourneyOf(people), o.JourneyOf(rapid.Permutation(people).Draw(t, "people in another order")))
	})
}

// TestReadingAgainChangesOnlyWhatChanged fills in the type of one Task.
func TestReadingAgainChangesOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sessions, tasks := someStory(t)
		if len(tasks) == 0 {
			return
		}
		s := someSettings(t)
		before := decide(s, sessions, tasks)
		tasks[0].Type = "Phone Call"
		after := decide(s, sessions, tasks)
		require.Len(t, after, len(before))
		for person, was := range before {
			is := after[person]
			require.Equal(t, was.Calls, is.Calls, "the type merges nothing")
			require.Len(t, is.Touches, len(was.Touches))
			for i := range is.Touches {
				if is.Touches[i].TaskID == tasks[0].ID {
					require.Equal(t, "Phone Call", is.Touches[i].Type)
					require.Equal(t, was.Touches[i].Kind, is.Touches[i].Kind)
				} else {
					require.Equal(t, was.Touches[i], is.Touches[i])
				}
			}
		}
	})
}

// TestEverySessionAndCallIsThereOnce holds that nothing is lost and nothing counts twice.
func TestEverySessionAndCallIsThereOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sessions, tasks := someStory(t)
		s := someSettings(t)
		for _, p := range touchpoints.People(sessions, tasks, nil) {
			touches, calls := s.Touches(p)
			require.Len(t, calls, len(p.Tasks), "every call has an outcome")
			ids, ofTask, ofSession := map[string]bool{}, map[string]bool{}, map[string]bool{}
			for _, x := range touches {
				require.False(t, ids[x.ID], "one touchpoint has an id")
				ids[x.ID] = true
				require.False(t, x.TaskID != "" && ofTask[x.TaskID], "a call counts once")
				ofTask[x.TaskID], ofSession[x.SessionID] = true, true
				require.NotEmpty(t, x.Reasons)
			}
			for _, x := range p.Sessions {
				require.True(t, ofSession[x.ID], "every session has a touchpoint")
			}
			for _, call := range calls {
				own := call.Outcome.HasTouchpoint() && (call.Outcome != touchpoints.Merged || s.LaterCalls == touchpoints.LaterCallsSeparate)
				require.True(t, !own || ofTask[call.TaskID])
				require.True(t, call.Outcome.HasTouchpoint() || !ofTask[call.TaskID])
			}
		}
	})
}
