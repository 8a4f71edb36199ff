package credit

import (
	"math/big"
	"slices"

	"ringback/touchpoints"
)

// Result is how a model divides the credit of a journey.
type Result struct {
	Model  string  `json:"model"`
	Shares []Share `json:"shares"` // one for each step of the journey, in order
	// NoMiddle is true if the model has credit for the middle and the journey has none:
	// that credit is divided equally among the positions that there are.
	NoMiddle bool `json:"no_middle,omitempty"`
	// Missing are the positions with a weight that no touchpoint has. Their credit
	// goes to the others in proportion.
	Missing []touchpoints.Position `json:"missing,omitempty"`
	// Fallback is true if no touchpoint has a position with a weight. The first one
	// then has all credit.
	Fallback bool `json:"fallback,omitempty"`
	// Preliminary is true if the opportunity is open and the model weighs its close.
	Preliminary bool `json:"preliminary,omitempty"`

	exact []*big.Rat // of each step; they add up to one, or are empty
}

// Share is the credit of one touchpoint.
type Share struct {
	TouchpointID string `json:"touchpoint_id"`
	Credit       int    `json:"credit"`          // hundredths of a percent
	Parts        []Part `json:"parts,omitempty"` // what it is for; empty if there is no credit
}

// Part is one thing that a touchpoint has credit for, before anything is divided anew.
type Part struct {
	Position touchpoints.Position `json:"position,omitempty"` // empty for the middle
	Weight   int                  `json:"weight"`             // of the position or of the middle, in hundredths of a percent
	Among    int                  `json:"among"`              // how many touchpoints share that weight
}

// Divide returns the shares of a journey's touchpoints. They add up to Whole, for
// any journey that has steps.
func (m Model) Divide(j touchpoints.Journey) Result {
	r := Result{Model: m.Name, Shares: make([]Share, len(j.Steps)), exact: make([]*big.Rat, len(j.Steps))}
	for i, step := range j.Steps {
		r.Shares[i].TouchpointID, r.exact[i] = step.Touchpoint.ID, new(big.Rat)
	}
	if len(j.Steps) == 0 {
		return r
	}
	weights := m.weights(j.Open)
	var present []*holding
	for _, w := range weights {
		if h := holdersOf(j, w); len(h.steps) > 0 {
			present = append(present, h)
		} else {
			r.Missing = append(r.Missing, w.position)
		}
	}
	r.Preliminary = j.Open && m.Closed > 0
	r.divide(j, present, m.middle(j, weights))
	for i, credit := range apportion(Whole, r.exact) {
		r.Shares[i].Credit = int(credit)
	}
	return r
}

// holding is which steps have a position, and its credit.
type holding struct {
	weight
	steps []int
}

// holdersOf returns the steps that have a position. A stage that was entered
// several times may have many.
func holdersOf(j touchpoints.Journey, w weight) *holding {
	h := &holding{weight: w}
	for i, step := range j.Steps {
		if step.Positions.Has(w.position) && !w.position.IsStage() || slices.Contains(step.Stages, string(w.position)) {
			h.steps = append(h.steps, i)
		}
	}
	return h
}

// middle returns the forms and calls that have no position with a weight. A visit
// there has no credit.
func (m Model) middle(j touchpoints.Journey, weights []weight) *holding {
	weighed := map[int]bool{}
	for _, w := range weights {
		for _, i := range holdersOf(j, w).steps {
			weighed[i] = true
		}
	}
	h := &holding{weight: weight{credit: m.Middle}}
	for i, step := range j.Steps {
		if m.Middle > 0 && !weighed[i] && step.Touchpoint.Creditable() {
			h.steps = append(h.steps, i)
		}
	}
	return h
}

// divide fills in the exact shares and their parts.
func (r *Result) divide(j touchpoints.Journey, present []*holding, middle *holding) {
	extra := new(big.Rat)
	switch {
	case len(middle.steps) > 0:
		present = append(present, middle)
	case len(present) == 0:
		r.Fallback, r.Missing = true, nil
		present = []*holding{{weight{j.Steps[0].Positions[0], Whole}, []int{0}}}
	case middle.credit > 0:
		r.NoMiddle = true
		extra.SetFrac64(int64(middle.credit), int64(len(present)))
	}
	total := new(big.Rat)
	for _, h := range present {
		total.Add(total, new(big.Rat).Add(big.NewRat(int64(h.credit), 1), extra))
	}
	for _, h := range present {
		each := new(big.Rat).Add(big.NewRat(int64(h.credit), 1), extra)
		each.Quo(each, total).Quo(each, big.NewRat(int64(len(h.steps)), 1))
		for _, i := range h.steps {
			r.exact[i].Add(r.exact[i], each)
			r.Shares[i].Parts = append(r.Shares[i].Parts, Part{h.position, h.credit, len(h.steps)})
		}
	}
}

// Money returns the shares of an amount in minor units, one for each share. They
// add up to the amount, also to a negative one, unless there are no shares.
func (r Result) Money(amount int64) []int64 { return apportion(amount, r.exact) }

// PersonCredit is what a touchpoint of a person counts for in the models that
// people have, in hundredths of a percent.
type PersonCredit struct {
	FirstTouch   int `json:"first_touch"`
	LeadCreation int `json:"lead_creation"`
	UShaped      int `json:"u_shaped"`
}

// OfPerson returns what the positions of a person's touchpoint count for. A later
// form or call has nothing (docs/facts/marketo-measure.md#attribution-models). The
// U-shaped counts of a person add up to 80 percent: nothing is in the middle
// between the first contact and the one that created the lead.
func OfPerson(positions touchpoints.Positions) PersonCredit {
	var c PersonCredit
	if positions.Has(touchpoints.FirstTouch) {
		c.FirstTouch, c.UShaped = Whole, c.UShaped+4_000
	}
	if positions.Has(touchpoints.LeadCreation) {
		c.LeadCreation, c.UShaped = Whole, c.UShaped+4_000
	}
	return c
}
