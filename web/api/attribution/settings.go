package attribution

import (
	"context"
	"time"

	"ringback/models/journeys"
	"ringback/touchpoints"
	"ringback/touchpoints/attribution"
	"ringback/touchpoints/credit"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// exclusionCondition is a condition of a rule that leaves touchpoints out.
type exclusionCondition struct {
	Field    string               `json:"field" doc:"What is compared, one of exclusion_fields." example:"channel"`
	Operator touchpoints.Operator `json:"operator" doc:"One of equals, not_equals, contains, matches_any (one of several values) and matches_any_contains (contains one of several values, or fits one with stars). Upper and lower case make no difference." example:"equals"`
	Value    string               `json:"value,omitempty" maxLength:"2048" doc:"What it is compared with. Several values are separated by commas. If it is empty, the field has to be empty." example:"Direct"`
}

type exclusionsBody struct {
	Removed    [][]exclusionCondition `json:"removed,omitempty" doc:"Groups of conditions. Touchpoints for which all conditions of a group hold are marked as removed: they are not for the CRM, and stay in reports."`
	Suppressed [][]exclusionCondition `json:"suppressed,omitempty" doc:"The same for touchpoints that are left out of reports too. Others take their positions."`
}

type weightsBody struct {
	FT     int            `json:"ft,omitempty" doc:"Credit of the first touch, in hundredths of a percent. All weights together are 10000." example:"3000"`
	LC     int            `json:"lc,omitempty" doc:"Of the lead creation." example:"3000"`
	OC     int            `json:"oc,omitempty" doc:"Of the last contact before the opportunity was created." example:"3000"`
	Closed int            `json:"closed,omitempty" doc:"Of the last contact before the close."`
	Middle int            `json:"middle,omitempty" doc:"Of the other forms and calls together." example:"1000"`
	Stages map[string]int `json:"stages,omitempty" maxProperties:"6" doc:"Of the last contact before each of these stages of yours."`
}

type attributionBody struct {
	Options    map[string]string `json:"options,omitempty" doc:"The choices by name. Those that are left out have their defaults." example:"{\"window_minutes\": \"30\"}"`
	Exclusions exclusionsBody    `json:"exclusions,omitzero" doc:"Rules that leave touchpoints out."`
	Custom     *weightsBody      `json:"custom_model,omitempty" doc:"Your own model beside those that are always there. Without it there is none."`
}

type namedModel struct {
	Model string `json:"model" example:"u_shaped"`
	Name  string `json:"name" example:"U-shaped"`
	weightsBody
}

// computationView is how far the newest choices are computed.
type computationView struct {
	State      string     `json:"state" enum:"not_begun,computing,up_to_date" doc:"not_begun: there has been nothing to compute. computing: what is shown is by the choices before." example:"up_to_date"`
	Done       int64      `json:"done,omitempty" doc:"While it computes, how many calls, leads, people and opportunities are done." example:"1200"`
	Total      int64      `json:"total,omitempty" doc:"Of how many." example:"5000"`
	ChangedAt  *time.Time `json:"changed_at,omitempty" doc:"When the newest choices were made."`
	ChangedBy  string     `json:"changed_by,omitempty" doc:"The token that made them." example:"tok_01jdq00000000000000000000"`
	ShownSince *time.Time `json:"shown_since,omitempty" doc:"Since when the figures that are shown are complete."`
	TimeZone   string     `json:"time_zone,omitempty" doc:"By which the days of touchpoints that are shown were decided." example:"Europe/Berlin"`
}

type attributionView struct {
	attributionBody
	Fields          []wire.FieldView       `json:"fields" doc:"What may be filled in under options."`
	ExclusionFields []string               `json:"exclusion_fields" doc:"What the conditions of exclusions can compare."`
	Operators       []touchpoints.Operator `json:"operators" doc:"How they can compare it."`
	Models          []namedModel           `json:"models" doc:"All models by which credit is divided."`
	Computation     computationView        `json:"computation" doc:"How far the choices are computed."`
}

func (b attributionBody) choices() attribution.Choices {
	c := attribution.Choices{Options: b.Options, Exclusions: touchpoints.Exclusions{
		Removed: groupsOf(b.Exclusions.Removed), Suppressed: groupsOf(b.Exclusions.Suppressed),
	}}
	if m := b.Custom; m != nil {
		c.Custom = &credit.Model{FT: m.FT, LC: m.LC, OC: m.OC, Closed: m.Closed, Middle: m.Middle, Stages: m.Stages}
	}
	return c
}

func groupsOf(bodies [][]exclusionCondition) []touchpoints.Group {
	var groups []touchpoints.Group
	for _, body := range bodies {
		var group touchpoints.Group
		for _, c := range body {
			group = append(group, touchpoints.Condition(c))
		}
		groups = append(groups, group)
	}
	return groups
}

func viewGroups(groups []touchpoints.Group) [][]exclusionCondition {
	var bodies [][]exclusionCondition
	for _, group := range groups {
		bodies = append(bodies, wire.Views(group, func(c touchpoints.Condition) exclusionCondition { return exclusionCondition(c) }))
	}
	return bodies
}

func viewWeights(m credit.Model) weightsBody {
	return weightsBody{FT: m.FT, LC: m.LC, OC: m.OC, Closed: m.Closed, Middle: m.Middle, Stages: m.Stages}
}

// newest returns the rules that were chosen last, the defaults if none were.
func newest(generations []journeys.Generation) attribution.Rules {
	if len(generations) == 0 {
		return attribution.Default()
	}
	return generations[len(generations)-1].Rules
}

func viewComputation(generations []journeys.Generation) computationView {
	if len(generations) == 0 {
		return computationView{State: "not_begun"}
	}
	shown, last := generations[0], generations[len(generations)-1]
	view := computationView{
		State: "up_to_date", ChangedAt: &last.CreatedAt, ChangedBy: last.ChangedBy, ShownSince: shown.ReadyAt, TimeZone: shown.TimeZone,
	}
	if last.State == journeys.Building {
		view.State, view.Done, view.Total = "computing", last.Done, last.Total
	}
	return view
}

func (h *Handler) settingsOf(ctx context.Context, site string) (*wire.Answer[attributionView], error) {
	generations, err := h.store.Generations(ctx, reqctx.Account(ctx), site)
	if err != nil {
		return nil, err
	}
	rules := newest(generations)
	chosen := rules.Choices()
	view := attributionView{
		attributionBody: attributionBody{
			Options:    chosen.Options,
			Exclusions: exclusionsBody{Removed: viewGroups(chosen.Exclusions.Removed), Suppressed: viewGroups(chosen.Exclusions.Suppressed)},
		},
		Fields:          wire.Views(attribution.Form().Options, wire.ViewField),
		ExclusionFields: touchpoints.Fields(), Operators: touchpoints.Operators(),
		Computation: viewComputation(generations),
	}
	if chosen.Custom != nil {
		view.Custom = new(viewWeights(*chosen.Custom))
	}
	w := reqctx.Writer(ctx)
	view.Models = wire.Views(rules.Models(), func(m credit.Model) namedModel {
		return namedModel{Model: m.Name, Name: w.CreditModel(m.Name), weightsBody: viewWeights(m)}
	})
	return wire.Body(view), nil
}

func (h *Handler) readSettings(ctx context.Context, in *struct {
	sites.InSite
}) (*wire.Answer[attributionView], error) {
	return h.settingsOf(ctx, in.Site)
}

func (h *Handler) putSettings(ctx context.Context, in *struct {
	sites.InSite
	Body attributionBody
}) (*wire.Answer[attributionView], error) {
	err := h.change(ctx, in.Site, func(r *attribution.Rules) error { return r.Choose(in.Body.choices()) })
	if err != nil {
		return nil, err
	}
	return h.settingsOf(ctx, in.Site)
}

// change changes the rules of a site in the name of the caller.
func (h *Handler) change(ctx context.Context, site string, change func(*attribution.Rules) error) error {
	return h.store.ChangeRules(ctx, reqctx.Actor(ctx), site, change)
}
