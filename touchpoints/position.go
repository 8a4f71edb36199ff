package touchpoints

import (
	"slices"
	"strings"
)

// Position is what a touchpoint is in a journey: one of the constants, or the name
// of a stage of the owner's, as "Demo Scheduled" or "MQL-02 (Last)".
type Position string

// The positions that are not stages (docs/facts/marketo-measure.md#positions).
const (
	FirstTouch         Position = "FT"     // the first contact
	LeadCreation       Position = "LC"     // the first form or call
	PostLeadCreation   Position = "PostLC" // a later form or call
	OpportunityCreated Position = "OC"     // the last contact before the opportunity was created
	Closed             Position = "Closed" // the last contact before it was won or lost
	Pending            Position = "Pending"
	FormPosition       Position = "Form" // a form or call
)

// order is the order in which positions are written. Stages stand between PostLC and OC.
var order = []Position{FirstTouch, LeadCreation, PostLeadCreation, "", OpportunityCreated, Closed, Pending, FormPosition}

// BuiltInPositions returns the positions that are not stages.
func BuiltInPositions() []Position {
	return slices.DeleteFunc(slices.Clone(order), func(p Position) bool { return p == "" })
}

// IsStage reports whether the position is a stage of the owner's.
func (p Position) IsStage() bool { return !slices.Contains(order, p) }

// IsStageName reports whether a stage of this name is a position of its own. It is
// none if the name is empty or that of another position.
func IsStageName(stage string) bool {
	return !slices.ContainsFunc(order, func(p Position) bool { return strings.EqualFold(string(p), stage) })
}

// Positions is a set of positions in the order in which they are written.
type Positions []Position

// Has reports whether the set has a position.
func (p Positions) Has(one Position) bool { return slices.Contains(p, one) }

// with returns the set with one more position. Stages stand in the order in which
// they were added.
func (p Positions) with(one Position) Positions {
	if p.Has(one) {
		return p
	}
	rank := func(p Position) int {
		if p.IsStage() {
			p = ""
		}
		return slices.Index(order, p)
	}
	all := append(slices.Clone(p), one)
	slices.SortStableFunc(all, func(a, b Position) int { return rank(a) - rank(b) })
	return all
}

// String returns the positions as Marketo Measure writes them, "LC, Form", and "-"
// if there are none.
func (p Positions) String() string {
	if len(p) == 0 {
		return "-"
	}
	names := make([]string, 0, len(p))
	for _, one := range p {
		names = append(names, string(one))
	}
	return strings.Join(names, ", ")
}
