package touchpoints

import (
	"slices"
	"time"
)

// Step is a touchpoint of a journey with its positions there.
type Step struct {
	Touchpoint Touchpoint `json:"touchpoint"`
	Positions  Positions  `json:"positions"`
	// Stages are the owner's stages among the positions, by the names that they have
	// without the number of an entry.
	Stages []string `json:"stages,omitempty"`
}

// Journey is the touchpoints of a person or an opportunity that have a position,
// in order.
type Journey struct {
	Steps []Step `json:"steps"`
	// Empty is why there are no steps, empty if there are some.
	Empty EmptyReason `json:"empty,omitempty"`
	// Missing are the positions among FT, LC, OC and Closed that no touchpoint has,
	// except Closed of an opportunity that is open.
	Missing []Position `json:"missing,omitempty"`
	Open    bool       `json:"open,omitempty"` // it is that of an opportunity that is not closed yet
}

// EmptyReason is why a journey has no steps.
type EmptyReason string

// The reasons.
const (
	NoPeople      EmptyReason = "no_people"      // nobody belongs to the opportunity
	NoTouchpoints EmptyReason = "no_touchpoints" // its people have none that the rules keep
	AllAfterClose EmptyReason = "after_close"    // all of them are after the opportunity was closed
)

// EmptyReasons returns all reasons.
func EmptyReasons() []EmptyReason {
	return []EmptyReason{NoPeople, NoTouchpoints, AllAfterClose}
}

// draft is a journey in the making: the touchpoints in order.
type draft struct{ steps []Step }

func newDraft(touches []Touchpoint) *draft {
	d := &draft{steps: make([]Step, len(touches))}
	for i, t := range touches {
		d.steps[i].Touchpoint = t
	}
	slices.SortFunc(d.steps, func(a, b Step) int { return Compare(a.Touchpoint, b.Touchpoint) })
	if len(touches) > 0 {
		d.mark(0, FirstTouch)
	}
	for i := range d.steps {
		if d.steps[i].Touchpoint.Creditable() {
			d.mark(i, FormPosition)
		}
	}
	return d
}

// mark adds a position to a step; a negative index is none.
func (d *draft) mark(i int, p Position) {
	if i >= 0 {
		d.steps[i].Positions = d.steps[i].Positions.with(p)
	}
}

// markStage adds a stage and its position to a step; a negative index is none.
func (d *draft) markStage(i int, stage string, p Position) {
	d.mark(i, p)
	if i >= 0 && !slices.Contains(d.steps[i].Stages, stage) {
		d.steps[i].Stages = append(d.steps[i].Stages, stage)
	}
}

// lastBefore returns the index of the last touchpoint up to a time, -1 if there is none.
func (d *draft) lastBefore(at time.Time) int {
	for i, step := range slices.Backward(d.steps) {
		if !step.Touchpoint.At.After(at) {
			return i
		}
	}
	return -1
}

// leadCreation returns the touchpoint that created the lead: the first form or
// call, else the last visit before the CRM had the person. It is -1 if there is none.
func (d *draft) leadCreation(createdAt time.Time) int {
	i := slices.IndexFunc(d.steps, func(s Step) bool { return s.Touchpoint.Creditable() })
	if i >= 0 {
		return i
	}
	if createdAt.IsZero() {
		return -1
	}
	return d.lastBefore(createdAt)
}

// markLead marks the touchpoint that created the lead, and the forms and calls
// after it.
func (d *draft) markLead(at int) {
	d.mark(at, LeadCreation)
	for i, step := range d.steps {
		if at >= 0 && i > at && step.Touchpoint.Creditable() {
			d.mark(i, PostLeadCreation)
		}
	}
}

// journey returns the touchpoints that have a position.
func (d *draft) journey(wanted ...Position) Journey {
	var j Journey
	held := map[Position]bool{}
	for _, step := range d.steps {
		if len(step.Positions) > 0 {
			j.Steps = append(j.Steps, step)
		}
		for _, p := range step.Positions {
			held[p] = true
		}
	}
	for _, p := range wanted {
		if !held[p] {
			j.Missing = append(j.Missing, p)
		}
	}
	return j
}

// JourneyOf returns the journey of a person: the first contact, the one that
// created the lead, and every form and call after it. Later visits are no part of it.
func JourneyOf(p Person, touches []Touchpoint) Journey {
	if len(touches) == 0 {
		return Journey{Empty: NoTouchpoints}
	}
	d := newDraft(touches)
	d.markLead(d.leadCreation(p.CreatedAt))
	return d.journey(FirstTouch, LeadCreation)
}
