package pages

import (
	"time"

	"ringback/conversion"
	"ringback/web/internal/conversionview"
)

// Story is what surrounds a conversion.
type Story struct {
	Views       []PageView
	Touchpoints []Touchpoint
	Others      []conversionview.ConversionView // of the same person, newest first
}

// PageView is a page of the visit.
type PageView struct {
	At        time.Time
	URL, Kind string
}

// Touchpoint is a touchpoint of the conversion, with what it counts for in the models of the
// person, in hundredths of a percent.
type Touchpoint struct {
	At                                        time.Time
	Type, Source, Channel, Campaign, Position string
	Reasons                                   []string
	FirstTouch                                int `json:"first_touch"`
	LeadCreation                              int `json:"lead_creation"`
	UShaped                                   int `json:"u_shaped"`
}

// credit returns what a touchpoint counts for by a model.
func (s Shell) credit(hundredths int) string { return s.Language.Percent(hundredths) }

// ruleOf returns the address of the rule that a check of a decision is about, or of the
// settings of the integration if they have no rule of their own for it.
func (s Shell) ruleOf(kind conversion.Kind, d conversionview.DecisionView, check conversion.CheckCode) string {
	settings := s.Of("integrations") + "/" + d.IntegrationID
	switch check {
	case conversion.CheckMetric, conversion.CheckTags, conversion.CheckTraffic:
		return settings + "#" + string(kind) + "-" + string(check)
	default:
		return settings
	}
}
