package visits_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
	"ringback/visits"
)

// hold is an assignment of the number to the session of a visitor of its own.
func hold(session, from, until string) visits.Hold {
	return visits.Hold{AssignmentID: "assignment-" + session, SessionID: session, VisitorID: "visitor-" + session, From: clock(from), Until: clock(until)}
}

func TestM10_WhoseSessionACalledNumberMeans(t *testing.T) {
	t.Parallel()
	held, released := conversion.NumberHeld, conversion.NumberReleased
	returned := hold("b", "12:10", "12:40")
	returned.VisitorID = "visitor-a"
	callers := func(h visits.Hold) visits.Hold { h.Callers = true; return h }
	nobodys := func(id, from, until string) visits.Hold {
		return visits.Hold{AssignmentID: id, From: clock(from), Until: clock(until)}
	}
	for name, tc := range map[string]struct {
		holds      []visits.Hold
		at         string
		session    string // empty if the call leads to none
		certainty  conversion.NumberCertainty
		candidates int
	}{
		"nobody ever had it":                           {nil, "12:00", "", "", 0},
		"while it is held":                             {[]visits.Hold{hold("a", "12:00", "12:30")}, "12:10", "a", held, 1},
		"the instant it was given":                     {[]visits.Hold{hold("a", "12:00", "12:30")}, "12:00", "a", held, 1},
		"before it was given":                          {[]visits.Hold{hold("a", "12:00", "12:30")}, "11:59:59", "", "", 0},
		"the instant it was released: last had":        {[]visits.Hold{hold("a", "12:00", "12:30")}, "12:30", "a", released, 1},
		"released hours ago, nobody since":             {[]visits.Hold{hold("a", "02:00", "02:30")}, "22:00", "a", released, 1},
		"one session after the other, told by times":   {[]visits.Hold{hold("a", "10:00", "10:30"), hold("b", "12:00", "12:30")}, "10:10", "a", held, 1},
		"the later one":                                {[]visits.Hold{hold("a", "10:00", "10:30"), hold("b", "12:00", "12:30")}, "12:10", "b", held, 1},
		"between them: the last that had it":           {[]visits.Hold{hold("a", "10:00", "10:30"), hold("b", "12:00", "12:30")}, "11:50", "a", released, 1},
		"handed on at once: ambiguous":                 {[]visits.Hold{hold("a", "12:00", "12:30"), hold("b", "12:30", "13:00")}, "12:30", "b", held, 2},
		"ambiguous exactly 30 minutes later":           {[]visits.Hold{hold("a", "12:00", "12:30"), hold("b", "12:30", "13:30")}, "13:00", "b", held, 2},
		"no more a second after that":                  {[]visits.Hold{hold("a", "12:00", "12:30"), hold("b", "12:30", "13:30")}, "13:00:01", "b", held, 1},
		"three in question":                            {[]visits.Hold{hold("a", "12:00", "12:10"), hold("b", "12:10", "12:20"), hold("c", "12:20", "12:50")}, "12:30", "c", held, 3},
		"whoever has it later is not in question":      {[]visits.Hold{hold("a", "12:00", "12:30"), hold("b", "12:35", "13:00")}, "12:20", "a", held, 1},
		"released, and another had it shortly before":  {[]visits.Hold{hold("a", "10:00", "10:20"), hold("b", "10:20", "10:40")}, "12:00", "b", released, 2},
		"released, and another had it long before":     {[]visits.Hold{hold("a", "09:00", "09:20"), hold("b", "10:20", "10:40")}, "12:00", "b", released, 1},
		"the same session twice is one":                {[]visits.Hold{hold("a", "12:00", "12:30"), hold("a", "12:40", "13:10")}, "12:45", "a", held, 1},
		"another session of the same visitor":          {[]visits.Hold{hold("a", "12:00", "12:10"), returned}, "12:15", "b", held, 1},
		"a forgotten visitor had it":                   {[]visits.Hold{hold("a", "10:00", "10:30"), nobodys("n", "12:00", "12:10")}, "12:05", "", "", 0},
		"a forgotten visitor had it last":              {[]visits.Hold{hold("a", "10:00", "10:30"), nobodys("n", "12:00", "12:10")}, "12:20", "", "", 0},
		"a visitor who was forgotten at once":          {[]visits.Hold{hold("a", "10:00", "10:30"), nobodys("n", "12:00", "12:00")}, "12:10", "", "", 0},
		"before the forgotten visitor":                 {[]visits.Hold{hold("a", "10:00", "10:30"), nobodys("n", "12:00", "12:10")}, "11:00", "a", released, 1},
		"forgotten visitors shortly before":            {[]visits.Hold{nobodys("m", "12:00", "12:05"), nobodys("n", "12:05", "12:10"), hold("a", "12:20", "12:50")}, "12:30", "a", held, 3},
		"a forgotten visitor long before":              {[]visits.Hold{nobodys("n", "12:00", "12:10"), hold("a", "12:20", "13:20")}, "13:00", "a", held, 1},
		"the caller had it hours before":               {[]visits.Hold{callers(hold("a", "10:00", "10:30")), hold("b", "12:00", "12:30")}, "12:10", "b", held, 2},
		"released, and the caller had it hours before": {[]visits.Hold{callers(hold("a", "10:00", "10:30")), hold("b", "12:00", "12:30")}, "13:10", "b", released, 2},
		"the caller is counted once":                   {[]visits.Hold{callers(hold("a", "12:00", "12:30")), hold("a", "12:00", "12:30"), hold("b", "12:30", "13:00")}, "12:40", "b", held, 2},
		"the caller has it now":                        {[]visits.Hold{hold("b", "12:00", "12:30"), callers(hold("b", "12:00", "12:30"))}, "12:10", "b", held, 1},
		"the caller had it last":                       {[]visits.Hold{callers(hold("a", "10:00", "10:30"))}, "12:10", "a", released, 1},
		"a hold of no length was none":                 {[]visits.Hold{hold("a", "12:00", "12:00")}, "12:00", "", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 { // in any order
				got, found := visits.HolderAt(tc.holds, clock(tc.at), clock(tc.at))
				require.Equal(t, tc.session != "", found)
				require.Equal(t, tc.session, got.Hold.SessionID)
				require.Equal(t, tc.certainty, got.Certainty)
				require.Equal(t, tc.candidates, got.Candidates)
				require.Equal(t, tc.candidates > 1, got.Ambiguous)
				slices.Reverse(tc.holds)
			}
		})
	}
}

func TestM10_AReleasedNumberIsRememberedForADay(t *testing.T) {
	t.Parallel()
	holds := []visits.Hold{hold("a", "12:00", "12:30")}
	_, found := visits.HolderAt(holds, clock("12:30").Add(visits.ReleasedReach), clock("12:30").Add(visits.ReleasedReach))
	require.True(t, found)
	_, found = visits.HolderAt(holds, clock("12:30").Add(visits.ReleasedReach+time.Microsecond), clock("12:30").Add(visits.ReleasedReach+time.Microsecond))
	require.False(t, found)
}

// TestM10_HoldersAreFoundWheneverSomebodyHadTheNumber tries pools that pass a
// number on without two sessions holding it at once.
func TestM10_HoldersAreFoundWheneverSomebodyHadTheNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var holds []visits.Hold
		free := clock("00:00")
		for range rapid.IntRange(0, 6).Draw(t, "holds") {
			from := free.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "free")) * time.Minute)
			free = from.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "held")) * time.Minute)
			session := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "session")
			holds = append(holds, visits.Hold{AssignmentID: from.String(), SessionID: session, VisitorID: "visitor-" + session, From: from, Until: free})
		}
		at := clock("00:00").Add(time.Duration(rapid.IntRange(-10, 600).Draw(t, "at")) * time.Minute)
		got, found := visits.HolderAt(holds, at, at)
		mixed, again := visits.HolderAt(rapid.Permutation(holds).Draw(t, "order"), at, at)
		require.Equal(t, found, again)
		require.Equal(t, got, mixed)
		begun := slices.ContainsFunc(holds, func(h visits.Hold) bool { return !h.From.After(at) })
		require.Equal(t, begun, found)
		if !found {
			return
		}
		covers := slices.ContainsFunc(holds, func(h visits.Hold) bool { return !h.From.After(at) && at.Before(h.Until) })
		require.Equal(t, covers, got.Certainty == conversion.NumberHeld)
		require.False(t, got.Hold.From.After(at))
		require.Equal(t, got.Candidates > 1, got.Ambiguous)
		require.GreaterOrEqual(t, got.Candidates, 1)
	})
}

func TestM10_NumberThatLeftItsPoolMeansOnlyWhoHasItNow(t *testing.T) {
	t.Parallel()
	holds := []visits.Hold{hold("a", "12:00", "12:30")}
	holder, found := visits.OwnHolderAt(holds, clock("12:10"), clock("12:10"))
	require.True(t, found)
	require.Equal(t, "visitor-a", holder.CertainVisitor())
	_, found = visits.OwnHolderAt(holds, clock("12:40"), clock("12:40"))
	require.False(t, found)

	released, found := visits.HolderAt(holds, clock("12:40"), clock("12:40"))
	require.True(t, found)
	require.Empty(t, released.CertainVisitor())
	ambiguous, found := visits.HolderAt(append(holds, hold("b", "12:30", "13:00")), clock("12:35"), clock("12:35"))
	require.True(t, found)
	require.Empty(t, ambiguous.CertainVisitor())
}

// A source whose clock is slow reports a start at which nobody, or somebody else, had
// the number.
func TestM10_ASlowClockIsNotCreditedToTheWrongVisitorAsCertain(t *testing.T) {
	t.Parallel()
	held, released, taken := conversion.NumberHeld, conversion.NumberReleased, conversion.NumberTaken
	a, soon := hold("a", "09:00", "09:30"), hold("b", "12:00", "12:30")
	returned := hold("a", "11:59", "12:00")
	returned.VisitorID = "visitor-b"
	for name, tc := range map[string]struct {
		holds      []visits.Hold
		at         string
		reported   string
		session    string
		certainty  conversion.NumberCertainty
		candidates int
	}{
		"left hours ago, and another got it a moment later":        {[]visits.Hold{a, soon}, "11:59:20", "12:00:40", "b", taken, 2},
		"nobody had it, and somebody got it a moment later":        {[]visits.Hold{soon}, "11:59:20", "12:00:40", "b", taken, 1},
		"but not before the report":                                {[]visits.Hold{a, soon}, "11:59:20", "11:59:50", "a", released, 1},
		"exactly at the report":                                    {[]visits.Hold{soon}, "11:59:20", "12:00", "b", taken, 1},
		"five minutes are the limit":                               {[]visits.Hold{soon}, "11:55", "12:10", "b", taken, 1},
		"and no more":                                              {[]visits.Hold{a, soon}, "11:54:59", "12:10", "a", released, 1},
		"had it within half an hour: either":                       {[]visits.Hold{hold("a", "11:00", "11:40"), soon}, "11:59:20", "12:00:40", "a", released, 2},
		"had it when it rang, and another soon after: either":      {[]visits.Hold{hold("a", "11:30", "12:00"), soon}, "11:59:20", "12:00:40", "a", held, 2},
		"had it when it rang, and again in a session of their own": {[]visits.Hold{returned, soon}, "11:59:20", "12:00:40", "a", held, 1},
		"two got it":               {[]visits.Hold{hold("b", "12:00", "12:01"), hold("c", "12:01", "12:30")}, "11:59:20", "12:02", "b", taken, 2},
		"who got it was forgotten": {[]visits.Hold{{AssignmentID: "n", From: clock("12:00"), Until: clock("12:30")}}, "11:59:20", "12:02", "", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 { // in any order
				got, found := visits.HolderAt(tc.holds, clock(tc.at), clock(tc.reported))
				require.Equal(t, tc.session != "", found)
				require.Equal(t, tc.session, got.Hold.SessionID)
				require.Equal(t, tc.certainty, got.Certainty)
				require.Equal(t, tc.candidates, got.Candidates)
				require.Equal(t, tc.candidates > 1, got.Ambiguous)
				slices.Reverse(tc.holds)
			}
		})
	}
}

func TestM10_NoCallBeginsAfterItsReport(t *testing.T) {
	t.Parallel()
	require.Equal(t, clock("12:00"), visits.CalledAt(clock("12:00"), clock("12:01")))
	require.Equal(t, clock("12:00"), visits.CalledAt(clock("12:00"), clock("12:00")))
	require.Equal(t, clock("11:00"), visits.CalledAt(clock("12:00"), clock("11:00")), "an hour fast")
}
