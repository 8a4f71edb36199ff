package journeys

import (
	"strings"
	"time"

	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/models/journeys/graph"
	"ringback/reports"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
)

// figures are the rows of a group by the rules of one generation.
type figures struct {
	touchpoints []Touchpoint
	calls       []Call
	named       map[string]bool // calls, leads and Tasks of which it is known whose they are
}

// plan is a generation with what its rules mean.
type plan struct {
	Generation
	settings touchpoints.Settings
	zone     *time.Location
	limits   graph.Limits
}

func planOf(generation Generation, limits graph.Limits) (plan, error) {
	settings, err := generation.Rules.Settings()
	if err != nil {
		return plan{}, err
	}
	return plan{generation, settings, reports.Zone(generation.TimeZone), limits}, nil
}

// figures computes the rows of a group.
func (p plan) figures(g *graph.Group) figures {
	f := g.Facts(p.Rules)
	all := figures{named: f.Named()}
	mergings, sessions := map[string]Call{}, touchpoints.ByBrowser(f.Sessions)
	for _, person := range f.People {
		touches, calls := p.settings.Touches(person)
		all.touchpoints = append(all.touchpoints, p.rows(g, f, person, touches)...)
		for _, m := range calls {
			if _, known := mergings[m.TaskID]; !known {
				mergings[m.TaskID] = p.call(f, person.ID, m)
			}
		}
	}
	for _, t := range f.Tasks {
		row, known := mergings[t.ID]
		if !known { // nobody's
			row = p.call(f, t.Person, p.settings.Merge(t, sessions))
		}
		if !t.At.IsZero() {
			row.Day = reports.DayOf(t.At, p.zone).String()
		}
		all.calls = append(all.calls, row)
	}
	return all
}

func (p plan) call(f graph.Facts, person string, m touchpoints.Merging) Call {
	row := Call{
		SiteID: p.SiteID, Generation: p.Number, ID: m.TaskID, TaskID: f.TaskOf[m.TaskID], PersonID: person, Outcome: m.Outcome, Merging: m,
	}
	if row.TaskID != row.ID {
		row.ConversionID = row.ID
	}
	return row
}

// rows returns the touchpoints of a person with their positions. Those that the rules
// leave out of reports have none, and others take their places.
func (p plan) rows(g *graph.Group, f graph.Facts, person touchpoints.Person, touches []touchpoints.Touchpoint) []Touchpoint {
	reported := p.Rules.Exclusions.Keep(touches, touchpoints.InReports)
	shown, inCRM := idsOf(reported), idsOf(p.Rules.Exclusions.Keep(touches, touchpoints.InCRM))
	positions := map[string]touchpoints.Positions{}
	for _, step := range touchpoints.JourneyOf(person, reported).Steps {
		positions[step.Touchpoint.ID] = step.Positions
	}
	rows := make([]Touchpoint, 0, len(touches))
	for _, t := range touches {
		row := p.row(t, positions[t.ID])
		row.Suppressed, row.Removed = !shown[t.ID], !inCRM[t.ID]
		row.Holder, row.TaskID = callHolder(t.TaskID), f.TaskOf[t.TaskID]
		if t.SessionID != "" {
			row.Holder = visitorHolder(g.VisitorOf(t.SessionID))
		}
		rows = append(rows, row)
	}
	return rows
}

func idsOf(touches []touchpoints.Touchpoint) map[string]bool {
	ids := make(map[string]bool, len(touches))
	for _, t := range touches {
		ids[t.ID] = true
	}
	return ids
}

// row returns a touchpoint with its positions.
func (p plan) row(t touchpoints.Touchpoint, positions touchpoints.Positions) Touchpoint {
	counts := credit.OfPerson(positions)
	row := Touchpoint{
		SiteID: p.SiteID, Generation: p.Number, ID: touchpointID(p.SiteID, t), PersonID: t.Person, InCRM: ids.Is(t.Person, ids.CRMPerson),
		Kind: t.Kind, At: database.Timestamp(t.At), Day: t.At.In(p.zone).Format(time.DateOnly), SessionID: t.SessionID,
		Type: t.Type, Medium: reports.Key(t.Medium), Source: reports.Key(t.Source),
		Channel: reports.Key(t.Channel.Channel), Subchannel: reports.Key(t.Channel.Subchannel),
		Positions: append(touchpoints.Positions{}, positions...), Position: positions.String(),
		FirstTouch: counts.FirstTouch, LeadCreation: counts.LeadCreation, UShaped: counts.UShaped, Detail: t,
	}
	if t.Traffic != nil {
		row.Campaign, row.LandingPage = reports.Key(t.Traffic.Campaign), t.Traffic.LandingPage
	}
	for _, id := range []string{t.FormID, t.TaskID} {
		if ids.Is(id, ids.Conversion) {
			row.ConversionID = id
		}
	}
	return row
}

// touchpointID returns the id of a person's touchpoint, the same whenever it is computed.
func touchpointID(siteID string, t touchpoints.Touchpoint) string {
	return ids.Derived(ids.Touchpoint, strings.Join([]string{siteID, t.Person, t.ID}, " "))
}
