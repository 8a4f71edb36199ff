package touchpoints_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/touchpoints"
	"ringback/touchpoints/channels"
)

// TestM5_M7_Screenshots has the two tables of Marketo Measure's page on call
// tracking (docs/facts/marketo-measure.md#touchpoints): a merged call and one that
// is not merged, of one person.
func TestM5_M7_Screenshots(t *testing.T) {
	t.Parallel()
	p := ann([]touchpoints.Session{
		session("visit", at(9, 0), at(9, 1), conversion.Traffic{}),
		session("ad", at(12, 17), at(12, 20), conversion.Traffic{Medium: "CPC", ClickIDs: map[string]string{"gclid": "sample"}}),
	}, call("merged", at(12, 25), "Call"), call("unmerged", at(13, 5), "Left Message"))
	settings := touchpoints.Default()
	settings.MediumOf = touchpoints.MediumOfSession
	touches, _ := settings.Touches(p)
	j := touchpoints.JourneyOf(p, touches)
	require.Len(t, j.Steps, 3)

	merged, unmerged := j.Steps[1], j.Steps[2]
	require.Equal(t, "Call", merged.Touchpoint.Type)
	require.Equal(t, "CPC", merged.Touchpoint.Medium)
	require.Equal(t, "Web", merged.Touchpoint.Source)
	require.Equal(t, "Paid Search", merged.Touchpoint.Channel.Channel)
	require.Equal(t, "Paid Search.AdWords", merged.Touchpoint.Channel.Path())
	require.Equal(t, "LC, Form", merged.Positions.String())
	require.Empty(t, merged.Touchpoint.FormURL)
	require.NotNil(t, merged.Touchpoint.Traffic)

	require.Equal(t, "Left Message", unmerged.Touchpoint.Type)
	require.Equal(t, "Left Message", unmerged.Touchpoint.Medium)
	require.Equal(t, "Salesforce Task", unmerged.Touchpoint.Source)
	require.Equal(t, "Other", unmerged.Touchpoint.Channel.Channel)
	require.Equal(t, "Other", unmerged.Touchpoint.Channel.Path())
	require.Equal(t, "PostLC, Form", unmerged.Positions.String())
	require.Empty(t, unmerged.Touchpoint.FormURL)
	require.Nil(t, unmerged.Touchpoint.Traffic, "it has no web data (M5)")
}

// TestM4_M8_SeedStory is the story of the requirements: an ad click at 12:17, page
// views, a call at 12:25 that is merged, one at 13:05 that is not by either basis
// if the visitor did nothing after 12:35, and a form the next day.
func TestM4_M8_SeedStory(t *testing.T) {
	t.Parallel()
	p := ann([]touchpoints.Session{
		session("ad", at(12, 17), at(12, 34), adClick()),
		session("return", at(36, 0), at(36, 9), conversion.Traffic{}, form("f", at(36, 8))),
	}, call("first", at(12, 25), "Phone Call"), call("second", at(13, 5), "Phone Call"))
	for _, basis := range []touchpoints.Basis{touchpoints.FromLastActivity, touchpoints.FromStart} {
		settings := touchpoints.Default()
		settings.Basis = basis
		touches, calls := settings.Touches(p)
		require.Equal(t, touchpoints.Merged, calls[0].Outcome)
		require.Equal(t, touchpoints.TooLate, calls[1].Outcome)
		var told []string
		for _, step := range touchpoints.JourneyOf(p, touches).Steps {
			told = append(told, step.Touchpoint.Type+" by "+step.Touchpoint.Channel.Path()+": "+step.Positions.String())
		}
		require.Equal(t, []string{
			"Phone Call by Paid Search.AdWords: FT, LC, Form",
			"Phone Call by Other: PostLC, Form",
			"Web Form by Direct: PostLC, Form",
		}, told)
	}
}

func TestM3_CallMakesAVisitCreditable(t *testing.T) {
	t.Parallel()
	sessions := []touchpoints.Session{session("s", at(12, 17), at(12, 20), adClick())}
	visit := touchesOf(ann(sessions))
	require.Len(t, visit, 1)
	require.False(t, visit[0].Creditable())
	require.Equal(t, []touchpoints.ReasonCode{touchpoints.ReasonVisit, touchpoints.ReasonChannelRule}, codes(visit[0]))
	called := touchesOf(ann(sessions, call("t", at(12, 25), "Call")))
	require.Len(t, called, 1)
	require.True(t, called[0].Creditable())
	require.Equal(t, visit[0].ID, called[0].ID, "it is the same touchpoint")
	require.Equal(t, visit[0].Channel, called[0].Channel, "everything else is that of the session")
	require.Equal(t, visit[0].At, called[0].At)
}

// TestM7_TypeAndMediumComeFromTheTask reads a Task again as its type changes.
func TestM7_TypeAndMediumComeFromTheTask(t *testing.T) {
	t.Parallel()
	sessions := []touchpoints.Session{session("s", at(12, 17), at(12, 20), adClick())}
	long := strings.Repeat("Звонок ", 43)[:7*2*21] + "x"
	for name, tc := range map[string]struct {
		kind             string
		merged, unmerged [2]string // type and medium
		why              touchpoints.ReasonCode
	}{
		"filled in":      {"Phone Call", [2]string{"Phone Call", "Phone Call"}, [2]string{"Phone Call", "Phone Call"}, touchpoints.ReasonTypeOfTask},
		"blank":          {"", [2]string{"Web Visit", "CPC"}, [2]string{"Web Visit", "Web Visit"}, touchpoints.ReasonTypeBlank},
		"spaces only":    {"  ", [2]string{"Web Visit", "CPC"}, [2]string{"Web Visit", "Web Visit"}, touchpoints.ReasonTypeBlank},
		"17 characters":  {"12345678901234567", [2]string{"1234567890123456", "12345678901234567"}, [2]string{"1234567890123456", "12345678901234567"}, touchpoints.ReasonTypeCut},
		"other alphabet": {long, [2]string{"Звонок Звонок Зв", long}, [2]string{"Звонок Звонок Зв", long}, touchpoints.ReasonTypeCut},
		"300 characters": {strings.Repeat("x", 300), [2]string{strings.Repeat("x", 16), strings.Repeat("x", 255)}, [2]string{strings.Repeat("x", 16), strings.Repeat("x", 255)}, touchpoints.ReasonTypeCut},
	} {
		touches := touchesOf(ann(sessions, call("a", at(12, 25), tc.kind), call("b", at(13, 5), tc.kind)))
		require.Len(t, touches, 2, name)
		for i, want := range [][2]string{tc.merged, tc.unmerged} {
			require.Equal(t, want, [2]string{touches[i].Type, touches[i].Medium}, name)
			require.Contains(t, codes(touches[i]), tc.why, name)
			require.True(t, touches[i].Creditable(), name)
		}
		require.Equal(t, "Paid Search.AdWords", touches[0].Channel.Path(), "the channel is decided by the session's medium")
	}
}

// TestOneTouchpointForEachSession has sessions with several forms and calls.
func TestOneTouchpointForEachSession(t *testing.T) {
	t.Parallel()
	early, late := form("early", at(12, 18)), form("late", at(12, 30))
	for name, tc := range map[string]struct {
		forms []touchpoints.Form
		calls []touchpoints.Task
		kind  touchpoints.Kind
		first string // the form or Task
		also  int
	}{
		"the first form":        {[]touchpoints.Form{late, early}, nil, touchpoints.FormFill, "early", 1},
		"the form before":       {[]touchpoints.Form{early}, []touchpoints.Task{call("t", at(12, 20), "Call")}, touchpoints.FormFill, "early", 1},
		"the call before":       {[]touchpoints.Form{late}, []touchpoints.Task{call("t", at(12, 20), "Call")}, touchpoints.Call, "t", 1},
		"both at once":          {[]touchpoints.Form{early}, []touchpoints.Task{call("t", at(12, 18), "Call")}, touchpoints.FormFill, "early", 1},
		"the first call":        {nil, []touchpoints.Task{call("b", at(12, 25), "Call"), call("a", at(12, 20), "Call")}, touchpoints.Call, "a", 1},
		"one form":              {[]touchpoints.Form{early}, nil, touchpoints.FormFill, "early", 0},
		"two calls at one time": {nil, []touchpoints.Task{call("b", at(12, 20), "Call"), call("a", at(12, 20), "Call")}, touchpoints.Call, "a", 1},
	} {
		p := ann([]touchpoints.Session{session("s", at(12, 17), at(12, 31), adClick(), tc.forms...)}, tc.calls...)
		touches, calls := touchpoints.Default().Touches(p)
		require.Len(t, touches, 1, name)
		require.Equal(t, tc.kind, touches[0].Kind, name)
		require.Equal(t, tc.first, touches[0].FormID+touches[0].TaskID, name)
		also := 0
		for _, r := range touches[0].Reasons {
			if r.Code == touchpoints.ReasonAbsorbed {
				also = r.Count
			}
		}
		require.Equal(t, tc.also, also, name)
		for _, call := range calls {
			require.Equal(t, call.TaskID != tc.first, call.Later, name)
		}
	}
}

func TestLaterCallsMayBeKept(t *testing.T) {
	t.Parallel()
	p := ann([]touchpoints.Session{session("s", at(12, 17), at(12, 31), adClick(), form("f", at(12, 18)))},
		call("a", at(12, 20), "Call"), call("b", at(12, 40), ""))
	settings := touchpoints.Default()
	settings.LaterCalls = touchpoints.LaterCallsSeparate
	touches, calls := settings.Touches(p)
	require.Len(t, touches, 3)
	require.Equal(t, touchpoints.FormFill, touches[0].Kind)
	for _, own := range touches[1:] {
		require.Equal(t, touchpoints.OwnCall, own.Kind)
		require.Equal(t, touchpoints.SourceTask, own.Source)
		require.Equal(t, touchpoints.ReasonLaterCall, own.Reasons[0].Code)
	}
	require.Equal(t, touchpoints.Merged, calls[1].Outcome)
	require.True(t, calls[1].Later)
}

func TestChannelOfTheSessionBeforeIsCarriedOver(t *testing.T) {
	t.Parallel()
	back := session("back", at(18, 0), at(18, 1), conversion.Traffic{})
	back.CarriedOver = true
	again := session("again", at(20, 0), at(20, 1), conversion.Traffic{})
	again.CarriedOver = true
	touches := touchesOf(ann([]touchpoints.Session{again, back, session("ad", at(12, 17), at(12, 20), adClick())}))
	require.Len(t, touches, 3)
	for _, carried := range touches[1:] {
		require.Equal(t, channels.Match{Channel: "Paid Search", Subchannel: "AdWords"}, carried.Channel)
		require.Equal(t, touchpoints.ReasonCarriedOver, carried.Reasons[1].Code)
		require.Equal(t, touchpoints.SourceDirect, carried.Source, "only the channel is carried over")
	}
	alone := touchesOf(ann([]touchpoints.Session{back}))
	require.Equal(t, "Direct", alone[0].Channel.Path(), "there is no session before")
}

// TestTaskThatMovesToAnotherPerson reads a Task again after it was moved: the
// session and its touchpoint are the other person's.
func TestTaskThatMovesToAnotherPerson(t *testing.T) {
	t.Parallel()
	sessions := []touchpoints.Session{session("s", at(12, 17), at(12, 20), adClick())}
	task := call("t", at(12, 25), "Call")
	before := touchpoints.People(sessions, []touchpoints.Task{task}, nil)
	require.Len(t, before, 1)
	require.Equal(t, "ann", before[0].ID)

	task.Person = "ben"
	after := touchpoints.People(sessions, []touchpoints.Task{task}, nil)
	require.Len(t, after, 1)
	require.Equal(t, "ben", after[0].ID)
	moved := touchesOf(after[0])
	require.Equal(t, "ben", moved[0].Person)
	require.Equal(t, touchpoints.Call, moved[0].Kind)

	sessions[0].Forms = []touchpoints.Form{form("f", at(12, 19))}
	both := touchpoints.People(sessions, []touchpoints.Task{task}, nil)
	require.Len(t, both, 2, "a form is still the first person's")
	require.Equal(t, touchpoints.FormFill, touchesOf(both[0])[0].Kind)
	shared := touchesOf(both[1])[0]
	require.Equal(t, touchpoints.Call, shared.Kind, "somebody else's form does not count")
	require.Contains(t, codes(shared), touchpoints.ReasonOtherPerson)
}

func TestTaskAboutNobodyIsThatOfTheBrowsersPerson(t *testing.T) {
	t.Parallel()
	sessions := []touchpoints.Session{session("s", at(12, 17), at(12, 20), adClick()), session("later", at(15, 0), at(15, 1), adClick(), form("f", at(15, 0)))}
	task := call("t", at(12, 25), "Call")
	task.Person = ""
	people := touchpoints.People(sessions, []touchpoints.Task{task}, nil)
	require.Len(t, people, 1)
	touches := touchesOf(people[0])
	require.Equal(t, touchpoints.Call, touches[0].Kind)
	require.Contains(t, codes(touches[0]), touchpoints.ReasonNoPerson)

	require.Empty(t, touchpoints.People(sessions[:1], []touchpoints.Task{task}, nil), "nobody is known")
	task.Deleted, task.Person = true, "ben"
	require.Len(t, touchpoints.People(sessions, []touchpoints.Task{task}, nil), 1, "a deleted Task links nobody")
}

func TestSourceOfASession(t *testing.T) {
	t.Parallel()
	for want, traffic := range map[string]conversion.Traffic{
		"google":     {Source: "google", Medium: "cpc"},
		"Web Direct": {},
		"Web":        {Medium: "CPC"},
	} {
		require.Equal(t, want, touchesOf(ann([]touchpoints.Session{session("s", at(9, 0), at(9, 1), traffic)}))[0].Source)
	}
}
