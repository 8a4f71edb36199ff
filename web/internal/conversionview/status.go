package conversionview

import (
	"cmp"
	"time"

	"ringback/conversion"
	"ringback/decision"
	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/models/deliveries"
	"ringback/web/internal/wire"
)

// StatusView is the status of a conversion for one integration (G4).
type StatusView struct {
	IntegrationID   string                  `json:"integration_id" example:"int_01jdq00000000000000000000"`
	IntegrationName string                  `json:"integration_name" example:"RTB House"`
	IntegrationType string                  `json:"integration_type" example:"rtbhouse"`
	State           decision.State          `json:"state" enum:"skipped,waiting,retrying,delivered,failed" example:"waiting"`
	Explanation     string                  `json:"explanation" doc:"The reason for the state, or what is waited for." example:"the end of the call: a metric it asks for is known only then"`
	Reason          *delivery.Reason        `json:"reason,omitempty" doc:"The reason of the latest delivery: a code, and the values that belong to it."`
	ProblemCode     explanation.ProblemCode `json:"problem_code,omitempty" doc:"What keeps deliveries from being sent, as a code." example:"credentials_unreadable"`
	Problem         string                  `json:"problem,omitempty" doc:"What keeps deliveries from being sent, and what to do about it." example:"its credentials cannot be read: none of the service's keys opens them; set them again, or have the operator put the key back"`
	Until           *time.Time              `json:"until,omitempty" doc:"For a decision, the latest time until which it waits. For a delivery that is retrying or held back, the time at which it is tried next."`
	Waits           []conversion.Wait       `json:"waits,omitempty" doc:"What is waited for, and why, as codes. Missing in an end state. An integration that would be skipped by its settings as they are now has the state skipped, and waits for the end of the call, when the settings are read again."`
}

// statuses returns one view per integration: those that were decided on, and those
// that still have to be.
func (r *Reader) statuses(w explanation.Writer, c decision.Case, deliveries []deliveries.Delivery) []StatusView {
	return wire.Views(r.decider.Statuses(c, deliveries), func(status decision.Status) StatusView {
		return viewStatus(w, c.Conversion.Kind, status)
	})
}

func viewStatus(w explanation.Writer, kind conversion.Kind, s decision.Status) StatusView {
	v := StatusView{
		IntegrationID: s.IntegrationID, IntegrationName: s.IntegrationName, IntegrationType: s.IntegrationType,
		State: s.State, Explanation: statusText(w, kind, s), Waits: s.Waits, Until: s.Until,
	}
	if s.Delivery != nil && !s.Delivery.Reason.IsZero() {
		v.Reason = &s.Delivery.Reason
	}
	if s.Unreadable {
		v.ProblemCode = explanation.ProblemCredentialsUnreadable
		v.Problem = w.Problem(v.ProblemCode)
	}
	return v
}

// statusText returns the reason for the state. What the delivery
// itself has on record comes first.
func statusText(w explanation.Writer, kind conversion.Kind, s decision.Status) string {
	recorded := ""
	if s.Delivery != nil {
		recorded = w.Reason(s.Delivery.Reason)
	}
	switch {
	case s.State == decision.Skipped && s.Decision == nil:
		return w.NotTaken(kind)
	case s.State == decision.Skipped:
		return w.Decision(kind, s.Decision.Detail)
	case s.State == decision.Delivered:
		return cmp.Or(recorded, w.Delivered())
	case s.State == decision.Failed:
		return w.Failed(recorded)
	default:
		return cmp.Or(recorded, w.Waits(s.Waits))
	}
}
