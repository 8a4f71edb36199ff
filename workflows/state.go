package workflows

import (
	"slices"
	"time"

	"ringback/conversion"
)

// ProgressQuery asks a running or finished workflow for its Progress.
const ProgressQuery = "progress"

// Stage says what a workflow is doing.
type Stage string

// The stages, in their order. Leads and resends begin at dispatching.
const (
	StagePlanning        Stage = "planning"
	StageWaitingForEnd   Stage = "waiting_for_end"
	StageWaitingForStart Stage = "waiting_for_start" // the end overtook the start
	StageSettling        Stage = "settling"          // for what the source sends after the end
	StageDispatching     Stage = "dispatching"
	StageDone            Stage = "done"
)

// StandingState says where a conversion stands with one integration (guarantee 4).
type StandingState string

// The states of a standing. Attempts of one that is sending are retried by the
// server: the UI shows them as the pending activity.
const (
	StandingWaiting   StandingState = "waiting" // for a decision; see Standing.Waits
	StandingSending   StandingState = "sending"
	StandingSkipped   StandingState = "skipped"
	StandingDelivered StandingState = "delivered"
	StandingFailed    StandingState = "failed"
)

// Progress is a workflow's state: the answer to ProgressQuery, and what the
// details in the UI are drawn from. It holds ids, enums, counts and times only
// (guarantee 7).
type Progress struct {
	ConversionID string          `json:"conversion_id,omitempty"` // empty for resends
	SiteID       string          `json:"site_id"`
	Kind         conversion.Kind `json:"kind,omitempty"` // empty for resends
	Stage        Stage           `json:"stage"`
	Until        *time.Time      `json:"until,omitempty"`       // when the stage ends by itself
	CallStatus   string          `json:"call_status,omitempty"` // from the latest plan or decision; empty for leads
	Events       int             `json:"events"`                // signals taken so far; they may come twice
	Cancelled    bool            `json:"cancelled,omitempty"`   // by an operator: what was open was given up
	Integrations []Standing      `json:"integrations"`          // in the order in which they became known
}

// Standing is where the conversion stands with one integration. Plans and
// decisions fill it, the dispatch completes it.
type Standing struct {
	IntegrationID   string            `json:"integration_id"`
	IntegrationType string            `json:"integration_type"`
	DeliveryID      string            `json:"delivery_id,omitempty"`
	State           StandingState     `json:"state"`
	Waits           []conversion.Wait `json:"waits,omitempty"`       // what one that is waiting waits for, and why
	Until           *time.Time        `json:"until,omitempty"`       // until when it waits at the latest
	GivesUpAt       *time.Time        `json:"gives_up_at,omitempty"` // until when one that is sending is tried
	Reason          conversion.Reason `json:"reason,omitempty"`      // of a skip
	Cause           GiveUpCause       `json:"cause,omitempty"`       // of a delivery that was given up
	Attempts        int               `json:"attempts,omitempty"`
	Class           string            `json:"class,omitempty"`  // of the last attempt
	Status          int               `json:"status,omitempty"` // of the last answer, HTTP
}

// enter begins a stage that ends at a time, or by what happens when until is zero.
func (p *Progress) enter(stage Stage, until time.Time) {
	p.Stage, p.Until = stage, nil
	if !until.IsZero() {
		p.Until = &until
	}
}

// put sets the standing of an integration.
func (p *Progress) put(s Standing) {
	for i := range p.Integrations {
		if p.Integrations[i].IntegrationID == s.IntegrationID {
			p.Integrations[i] = s
			return
		}
	}
	p.Integrations = append(p.Integrations, s)
}

// wait records what integrations wait for. One that is further on stays so.
func (p *Progress) wait(waiting []Waiting) {
	for _, w := range waiting {
		if p.mayWait(w.IntegrationID) {
			p.put(Standing{
				IntegrationID: w.IntegrationID, IntegrationType: w.IntegrationType, State: StandingWaiting,
				Waits: w.Waits, Until: w.Until,
			})
		}
	}
}

// skip notes decisions not to send.
func (p *Progress) skip(skipped []Skipped) {
	for _, s := range skipped {
		p.put(Standing{IntegrationID: s.IntegrationID, IntegrationType: s.IntegrationType, State: StandingSkipped, Reason: s.Reason})
	}
}

// forgetWaiting takes out integrations that still wait when all is decided:
// they were deleted during the call, and nothing is decided of them.
func (p *Progress) forgetWaiting() {
	p.Integrations = slices.DeleteFunc(p.Integrations, func(s Standing) bool { return s.State == StandingWaiting })
}

// mayWait reports whether an integration is new or still waiting.
func (p *Progress) mayWait(integrationID string) bool {
	for _, s := range p.Integrations {
		if s.IntegrationID == integrationID {
			return s.State == StandingWaiting
		}
	}
	return true
}

// has reports whether any integration stands there.
func (p *Progress) has(state StandingState) bool {
	for _, s := range p.Integrations {
		if s.State == state {
			return true
		}
	}
	return false
}
