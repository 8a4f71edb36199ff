package workflows

import (
	"slices"
	"time"

	"ringback/conversion"
)

// ProgressQuery asks a running or finished workflow for its Progress.
const ProgressQuery = "progress"

// Stage is what a workflow is doing.
type Stage string

// The stages, in their order. Leads and resends begin at dispatching.
const (
	StagePlanning        Stage = "planning"
	StageWaitingForEnd   Stage = "waiting_for_end"
	StageWaitingForStart Stage = "waiting_for_start" // the end arrived before the start
	StageSettling        Stage = "settling"          // waiting for what the source sends after the end
	StageDispatching     Stage = "dispatching"
	StageDone            Stage = "done"
)

// StandingState is the state of a conversion with one integration (G4).
type StandingState string

// The states of a standing. The server retries the attempts of one that is sending;
// the UI shows them as the pending activity.
const (
	StandingWaiting   StandingState = "waiting" // for a decision; see Standing.Waits
	StandingSending   StandingState = "sending"
	StandingSkipped   StandingState = "skipped"
	StandingDelivered StandingState = "delivered"
	StandingFailed    StandingState = "failed"
)

// Progress is a workflow's state. It is the answer to ProgressQuery, and the source of
// the details in the UI. It holds ids, enums, counts, times, and the names of integrations and
// sites, but nothing personal (G7).
type Progress struct {
	ConversionID string          `json:"conversion_id,omitempty"` // empty for resends
	SiteID       string          `json:"site_id"`
	SiteName     string          `json:"site_name,omitempty"`
	Kind         conversion.Kind `json:"kind,omitempty"` // empty for resends
	Stage        Stage           `json:"stage"`
	Until        *time.Time      `json:"until,omitempty"`       // when the stage ends by itself
	CallStatus   string          `json:"call_status,omitempty"` // from the latest plan or decision; empty for leads
	Events       int             `json:"events"`                // signals received so far; they may come twice
	Cancelled    bool            `json:"cancelled,omitempty"`   // by an operator; what was open was given up
	Integrations []Standing      `json:"integrations"`          // in the order in which they became known
}

// Standing is the state of the conversion with one integration. Plans and decisions
// set it, and the dispatch completes it.
type Standing struct {
	IntegrationID   string            `json:"integration_id"`
	IntegrationType string            `json:"integration_type"`
	IntegrationName string            `json:"integration_name,omitempty"`
	DeliveryID      string            `json:"delivery_id,omitempty"`
	State           StandingState     `json:"state"`
	Waits           []conversion.Wait `json:"waits,omitempty"`       // what is waited for, and why, while it waits
	Until           *time.Time        `json:"until,omitempty"`       // when the wait ends at the latest
	GivesUpAt       *time.Time        `json:"gives_up_at,omitempty"` // when the retries end, while it is sending
	Reason          conversion.Reason `json:"reason,omitempty"`      // of a skip
	Cause           GiveUpCause       `json:"cause,omitempty"`       // of a delivery that was given up
	Attempts        int               `json:"attempts,omitempty"`
	Class           string            `json:"class,omitempty"`  // of the last attempt
	Status          int               `json:"status,omitempty"` // of the last answer, HTTP
}

// enter begins a stage. Until is when it ends by itself, or zero if it does not.
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

// wait records what integrations wait for. It does not change those that are decided.
func (p *Progress) wait(waiting []Waiting) {
	for _, w := range waiting {
		if p.mayWait(w.IntegrationID) {
			p.put(Standing{
				IntegrationID: w.IntegrationID, IntegrationType: w.IntegrationType, IntegrationName: w.IntegrationName,
				State: StandingWaiting, Waits: w.Waits, Until: w.Until,
			})
		}
	}
}

// skip records decisions not to send.
func (p *Progress) skip(skipped []Skipped) {
	for _, s := range skipped {
		p.put(Standing{
			IntegrationID: s.IntegrationID, IntegrationType: s.IntegrationType, IntegrationName: s.IntegrationName,
			State: StandingSkipped, Reason: s.Reason,
		})
	}
}

// forgetWaiting removes integrations that still wait when all is decided. They were
// deleted during the call, and have no decision.
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

// has reports whether any integration is in the state.
func (p *Progress) has(state StandingState) bool {
	for _, s := range p.Integrations {
		if s.State == state {
			return true
		}
	}
	return false
}
