package touchpoints

import (
	"fmt"
	"slices"
	"strings"

	"ringback/internal/fault"
	"ringback/touchpoints/channels"
)

// View is whom touchpoints are shown to: rules may leave some out of the CRM alone
// or of the reports too (docs/facts/marketo-measure.md#removal-and-suppression).
type View string

// The views.
const (
	InReports View = "reports"
	InCRM     View = "crm"
)

// Exclusions are rules that leave touchpoints out. They are applied before
// positions are decided, so another touchpoint takes the place of one that is left out.
type Exclusions struct {
	Removed    []Group `json:"removed,omitempty"`    // left out of the CRM
	Suppressed []Group `json:"suppressed,omitempty"` // left out of the CRM and of reports
}

// Group is a list of conditions that all have to hold. Of several groups one is enough.
type Group []Condition

// Condition compares a field of a touchpoint. Case makes no difference.
type Condition struct {
	Field    string   `json:"field"`
	Operator Operator `json:"operator"`
	// Value is what the field is compared with. An empty value means an empty field.
	// For the operators with several values they are separated by commas.
	Value string `json:"value"`
}

// Operator is how a field is compared.
type Operator string

// The operators.
const (
	Equals             Operator = "equals"
	NotEquals          Operator = "not_equals"
	Contains           Operator = "contains"
	MatchesAny         Operator = "matches_any"          // equal to one of several values
	MatchesAnyContains Operator = "matches_any_contains" // contains one of several values, or fits one with stars
)

// Operators returns all operators.
func Operators() []Operator {
	return []Operator{Equals, NotEquals, Contains, MatchesAny, MatchesAnyContains}
}

// field is a field of a touchpoint that conditions can compare.
type field struct {
	name string
	of   func(Touchpoint) string
}

var fields = []field{
	{"type", func(t Touchpoint) string { return t.Type }},
	{"kind", func(t Touchpoint) string { return string(t.Kind) }},
	{"medium", func(t Touchpoint) string { return t.Medium }},
	{"source", func(t Touchpoint) string { return t.Source }},
	{"channel", func(t Touchpoint) string { return t.Channel.Channel }},
	{"channel_path", func(t Touchpoint) string { return t.Channel.Path() }},
	{"campaign", func(t Touchpoint) string { return t.web().Campaign }},
	{"landing_page", func(t Touchpoint) string { return t.web().LandingPage }},
	{"referrer", func(t Touchpoint) string { return t.web().Referrer }},
	{"form_url", func(t Touchpoint) string { return t.FormURL }},
	{"person", func(t Touchpoint) string { return t.Person }},
}

// Fields returns the names of the fields that conditions can compare.
func Fields() []string {
	names := make([]string, 0, len(fields))
	for _, f := range fields {
		names = append(names, f.name)
	}
	return names
}

// Keep returns the touchpoints that a view shows.
func (e Exclusions) Keep(touches []Touchpoint, view View) []Touchpoint {
	var kept []Touchpoint
	for _, t := range touches {
		removed := view == InCRM && anyHolds(e.Removed, t)
		if !removed && !anyHolds(e.Suppressed, t) {
			kept = append(kept, t)
		}
	}
	return kept
}

func anyHolds(groups []Group, t Touchpoint) bool {
	return slices.ContainsFunc(groups, func(g Group) bool { return g.holds(t) })
}

// holds reports whether all conditions of a group hold. A group without any does not.
func (g Group) holds(t Touchpoint) bool {
	return len(g) > 0 && !slices.ContainsFunc(g, func(c Condition) bool { return !c.holds(t) })
}

func (c Condition) holds(t Touchpoint) bool {
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == c.Field })
	if i < 0 {
		return false
	}
	value, want := plain(fields[i].of(t)), plain(c.Value)
	if want == "" {
		return (value == "") != (c.Operator == NotEquals)
	}
	switch c.Operator {
	case Equals:
		return value == want
	case NotEquals:
		return value != want
	case Contains:
		return strings.Contains(value, want)
	case MatchesAny, MatchesAnyContains:
		return slices.ContainsFunc(strings.Split(want, ","), func(one string) bool { return c.matches(value, plain(one)) })
	default:
		return false
	}
}

// matches compares a value with one of several.
func (c Condition) matches(value, one string) bool {
	switch {
	case one == "":
		return false
	case c.Operator == MatchesAny:
		return value == one
	case !strings.Contains(one, "*"):
		return strings.Contains(value, one)
	default:
		return channels.Fits(one, value)
	}
}

func plain(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Validate returns a fault that names what is wrong with the rules, nil if nothing is.
func (e Exclusions) Validate() error {
	problems := append(groupProblems("removed", e.Removed), groupProblems("suppressed", e.Suppressed)...)
	if len(problems) == 0 {
		return nil
	}
	return fault.InvalidFields(problems...)
}

func groupProblems(path string, groups []Group) []fault.Field {
	var problems []fault.Field
	for i, g := range groups {
		if len(g) == 0 {
			problems = append(problems, fault.Field{Path: fmt.Sprintf("%s[%d]", path, i), Expected: fault.Expect("some_condition")})
		}
		for n, c := range g {
			at := fmt.Sprintf("%s[%d][%d]", path, i, n)
			if !slices.Contains(Fields(), c.Field) {
				problems = append(problems, fault.Field{Path: at + ".field", Expected: fault.OneOf(Fields())})
			}
			if !slices.Contains(Operators(), c.Operator) {
				problems = append(problems, fault.Field{Path: at + ".operator", Expected: fault.OneOf(Operators())})
			}
		}
	}
	return problems
}
