package touchpoints_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/touchpoints"
)

// touch returns a touchpoint of a person at an hour of the day.
func touch(person string, hour int, kind touchpoints.Kind) touchpoints.Touchpoint {
	return touchpoints.Touchpoint{ID: fmt.Sprintf("session/%s%d", person, hour), Person: person, Kind: kind, At: at(hour, 0)}
}

const visit, filled, called = touchpoints.Visit, touchpoints.FormFill, touchpoints.OwnCall

// positions returns the hour and the positions of each step.
func positions(j touchpoints.Journey) []string {
	var all []string
	for _, step := range j.Steps {
		all = append(all, fmt.Sprintf("%d %s", step.Touchpoint.At.Hour(), step.Positions))
	}
	return all
}

// TestM8_PositionsOfAPerson goes through docs/facts/marketo-measure.md#positions.
func TestM8_PositionsOfAPerson(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		touches []touchpoints.Touchpoint
		created time.Time
		want    []string
		missing []touchpoints.Position
	}{
		"a form at first":               {[]touchpoints.Touchpoint{touch("a", 9, filled)}, time.Time{}, []string{"9 FT, LC, Form"}, nil},
		"a visit, then a call":          {[]touchpoints.Touchpoint{touch("a", 9, visit), touch("a", 10, called)}, time.Time{}, []string{"9 FT", "10 LC, Form"}, nil},
		"later forms and calls":         {[]touchpoints.Touchpoint{touch("a", 9, filled), touch("a", 10, called), touch("a", 11, filled)}, time.Time{}, []string{"9 FT, LC, Form", "10 PostLC, Form", "11 PostLC, Form"}, nil},
		"visits between are left out":   {[]touchpoints.Touchpoint{touch("a", 9, visit), touch("a", 10, visit), touch("a", 11, filled), touch("a", 12, visit)}, time.Time{}, []string{"9 FT", "11 LC, Form"}, nil},
		"visits only":                   {[]touchpoints.Touchpoint{touch("a", 9, visit), touch("a", 10, visit)}, time.Time{}, []string{"9 FT"}, []touchpoints.Position{"LC"}},
		"visits, known to the CRM":      {[]touchpoints.Touchpoint{touch("a", 9, visit), touch("a", 10, visit), touch("a", 12, visit)}, at(11, 0), []string{"9 FT", "10 LC"}, nil},
		"known before all visits":       {[]touchpoints.Touchpoint{touch("a", 9, visit)}, at(8, 0), []string{"9 FT"}, []touchpoints.Position{"LC"}},
		"a form after the CRM had them": {[]touchpoints.Touchpoint{touch("a", 9, visit), touch("a", 12, filled)}, at(11, 0), []string{"9 FT", "12 LC, Form"}, nil},
	} {
		j := touchpoints.JourneyOf(touchpoints.Person{ID: "a", CreatedAt: tc.created}, tc.touches)
		require.Equal(t, tc.want, positions(j), name)
		require.Equal(t, tc.missing, j.Missing, name)
	}
	require.Equal(t, touchpoints.NoTouchpoints, touchpoints.JourneyOf(touchpoints.Person{}, nil).Empty)
}

func participant(id string, touches ...touchpoints.Touchpoint) touchpoints.Participant {
	return touchpoints.Participant{Person: touchpoints.Person{ID: id}, Touches: touches}
}

// TestM8_PositionsOfAnOpportunity has two people. The opportunity was created at
// 13:30 and won at 18:00, unless a case says otherwise.
func TestM8_PositionsOfAnOpportunity(t *testing.T) {
	t.Parallel()
	a := participant("a", touch("a", 9, visit), touch("a", 11, filled), touch("a", 13, visit), touch("a", 14, visit), touch("a", 15, called))
	b := participant("b", touch("b", 10, filled), touch("b", 12, filled), touch("b", 17, visit), touch("b", 19, filled))
	stage := func(name string, hour int) touchpoints.StageEntry {
		return touchpoints.StageEntry{Stage: name, At: at(hour, 30)}
	}
	won := touchpoints.Opportunity{CreatedAt: at(13, 30), ClosedAt: at(18, 0), Won: true}
	open := touchpoints.Opportunity{CreatedAt: at(13, 30)}
	early := touchpoints.Opportunity{CreatedAt: at(8, 0), ClosedAt: at(18, 0)}
	staged := func(entries ...touchpoints.StageEntry) touchpoints.Opportunity {
		o := won
		o.Stages = entries
		return o
	}
	for name, tc := range map[string]struct {
		opportunity touchpoints.Opportunity
		people      []touchpoints.Participant
		boomerang   []string
		want        []string
		missing     []touchpoints.Position
	}{
		"won": {won, []touchpoints.Participant{a, b}, nil,
			[]string{"9 FT", "10 LC, Form", "11 PostLC, Form", "12 PostLC, Form", "13 OC", "15 PostLC, Form", "17 Closed"}, nil},
		"open": {open, []touchpoints.Participant{a, b}, nil,
			[]string{"9 FT", "10 LC, Form", "11 PostLC, Form", "12 PostLC, Form", "13 OC", "15 PostLC, Form", "19 PostLC, Pending, Form"}, nil},
		"created before all contacts": {early, []touchpoints.Participant{a}, nil,
			[]string{"9 FT", "11 LC, Form", "15 PostLC, Closed, Form"}, []touchpoints.Position{"OC"}},
		"visits only": {won, []touchpoints.Participant{participant("c", touch("c", 9, visit))}, nil, []string{"9 FT, OC, Closed"}, []touchpoints.Position{"LC"}},
		"a stage": {staged(stage("Demo Scheduled", 13)), []touchpoints.Participant{a}, nil,
			[]string{"9 FT", "11 LC, Form", "13 Demo Scheduled, OC", "15 PostLC, Closed, Form"}, nil},
		"a stage that was entered twice": {staged(stage("MQL", 9), stage("MQL", 11)), []touchpoints.Participant{a}, nil,
			[]string{"9 FT", "11 LC, MQL, Form", "13 OC", "15 PostLC, Closed, Form"}, nil},
		"a boomerang stage": {staged(stage("MQL", 11), stage("MQL", 9), stage("SAL", 10)), []touchpoints.Participant{a}, []string{"MQL"},
			[]string{"9 FT, MQL-01, SAL", "11 LC, MQL-02 (Last), Form", "13 OC", "15 PostLC, Closed, Form"}, nil},
		"a boomerang stage that was entered once": {staged(stage("MQL", 11)), []touchpoints.Participant{a}, []string{"MQL"},
			[]string{"9 FT", "11 LC, MQL-01, Form", "13 OC", "15 PostLC, Closed, Form"}, nil},
		"a stage before all contacts":          {staged(stage("MQL", 8)), []touchpoints.Participant{a}, nil, []string{"9 FT", "11 LC, Form", "13 OC", "15 PostLC, Closed, Form"}, nil},
		"a stage with the name of another one": {staged(stage("closed", 10), stage("", 10)), []touchpoints.Participant{a}, nil, []string{"9 FT", "11 LC, Form", "13 OC", "15 PostLC, Closed, Form"}, nil},
		"contacts at the very creation and close": {touchpoints.Opportunity{CreatedAt: at(11, 0), ClosedAt: at(15, 0)}, []touchpoints.Participant{a}, nil,
			[]string{"9 FT", "11 LC, OC, Form", "15 PostLC, Closed, Form"}, nil},
		"a session of two people": {won, []touchpoints.Participant{
			participant("a", touch("s", 9, visit)), participant("b", touch("s", 9, filled)), participant("c", touch("s", 9, visit)),
		}, nil, []string{"9 FT, LC, OC, Closed, Form"}, nil},
	} {
		j := tc.opportunity.JourneyOf(tc.people, tc.boomerang...)
		require.Equal(t, tc.want, positions(j), name)
		require.Equal(t, tc.missing, j.Missing, name)
		require.Equal(t, tc.opportunity.ClosedAt.IsZero(), j.Open, name)
	}
}

func TestOnlyTheLastTenEntriesOfAStageHavePositions(t *testing.T) {
	t.Parallel()
	o := touchpoints.Opportunity{CreatedAt: at(9, 0), ClosedAt: at(10, 0)}
	for i := range 12 {
		o.Stages = append(o.Stages, touchpoints.StageEntry{Stage: "MQL", At: at(9, i+1)})
	}
	j := o.JourneyOf([]touchpoints.Participant{participant("a", touch("a", 9, visit))}, "MQL")
	require.Equal(t, []string{"9 FT, MQL-03, MQL-04, MQL-05, MQL-06, MQL-07, MQL-08, MQL-09, MQL-10, MQL-11, MQL-12 (Last), OC, Closed"}, positions(j))
}

func TestWhyAnOpportunityHasNoJourney(t *testing.T) {
	t.Parallel()
	won := touchpoints.Opportunity{CreatedAt: at(8, 0), ClosedAt: at(8, 30)}
	for want, people := range map[touchpoints.EmptyReason][]touchpoints.Participant{
		touchpoints.NoPeople:      nil,
		touchpoints.NoTouchpoints: {participant("a")},
		touchpoints.AllAfterClose: {participant("a"), participant("b", touch("b", 9, filled))},
	} {
		j := won.JourneyOf(people)
		require.Equal(t, want, j.Empty)
		require.Empty(t, j.Steps)
	}
}

func TestPeopleOfAnOpportunity(t *testing.T) {
	t.Parallel()
	o := touchpoints.Opportunity{AccountID: "acme", Roles: []touchpoints.Role{{Person: "c"}, {Person: "b", Primary: true}, {Person: "c"}}}
	members := []touchpoints.Member{{Person: "b", AccountID: "acme"}, {Person: "a", AccountID: "acme"}, {Person: "d", AccountID: "other"}, {Person: "e"}}
	require.Equal(t, []string{"a", "b"}, touchpoints.Mapping("").People(o, members))
	require.Equal(t, []string{"a", "b"}, touchpoints.ByAccount.People(o, members))
	require.Equal(t, []string{"b", "c"}, touchpoints.ByRoles.People(o, members))
	require.Equal(t, []string{"b"}, touchpoints.ByPrimaryRole.People(o, members))
	require.Empty(t, touchpoints.ByAccount.People(touchpoints.Opportunity{}, members), "without an account it is nobody's")
}

func TestPositionsAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	require.Equal(t, "-", touchpoints.Positions(nil).String())
	for _, p := range touchpoints.BuiltInPositions() {
		require.False(t, p.IsStage(), p)
	}
	require.True(t, touchpoints.Position("Demo Scheduled").IsStage())
}
