package touchpoints

import (
	"slices"
	"time"
)

// Step is a touchpoint of a journey with its positions there.
type Step struct {
	Touchpoint Touchpoint `json:"touchpoint"`
	Positions  Positions  `json:"positions"`
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

// draft is a journey in the making: touchpoints in order, and their positions.
type draft struct {
	touches   []Touchpoint
	positions []Positions
}

func newDraft(touches []Touchpoint) *draft {
	ordered := slices.Clone(touches)
	slices.SortFunc(ordered, Compare)
	d := &draft{touches: ordered, positions: make([]Positions, len(ordered))}
	if len(ordered) > 0 {
		d.mark(0, FirstTouch)
	}
	for i, t := range ordered {
		if t.Creditable() {
			d.mark(i, FormPosition)
		}
	}
	return d
}

// mark adds a position to a touchpoint; a negative index is none.
func (d *draft) mark(i int, p Position) {
	if i >= 0 {
		d.positions[i] = d.positions[i].with(p)
	}
}

// lastBefore returns the index of the last touchpoint up to a time, -1 if there is none.
func (d *draft) lastBefore(at time.Time) int {
	for i, t := range slices.Backward(d.touches) {
		if !t.At.After(at) {
			return i
		}
	}
	return -1
}

// leadCreation returns the touchpoint that created the lead: the first form or
// call, else the last visit before the CRM had the person. It is -1 if there is none.
func (d *draft) leadCreation(createdAt time.Time) int {
	if i := slices.IndexFunc(d.touches, Touchpoint.Creditable); i >= 0 {
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
	for i, t := range d.touches {
		if at >= 0 && i > at && t.Creditable() {
			d.mark(i, PostLeadCreation)
		}
	}
}

// journey returns the touchpoints that have a position.
func (d *draft) journey(wanted ...Position) Journey {
	var j Journey
	held := map[Position]bool{}
	for i, t := range d.touches {
		if len(d.positions[i]) > 0 {
			j.Steps = append(j.Steps, Step{t, d.positions[i]})
		}
		for _, p := range d.positions[i] {
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
