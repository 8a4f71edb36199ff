package web

import (
	"cmp"
	"fmt"
	"time"

	"ringback/conversion"
	"ringback/decision"
	"ringback/models"
	"ringback/sources"
)

type standingView struct {
	IntegrationID   string            `json:"integration_id" example:"int_01jdq00000000000000000000"`
	IntegrationName string            `json:"integration_name" example:"RTB House"`
	IntegrationType string            `json:"integration_type" example:"rtbhouse"`
	State           decision.State    `json:"state" enum:"skipped,waiting,retrying,delivered,failed" example:"waiting"`
	Words           string            `json:"words" doc:"Why it is so, or what is waited for." example:"the end of the call: a metric it asks for is known only then"`
	Problem         string            `json:"problem,omitempty" doc:"What stands in the way of its deliveries, and what to do." example:"its credentials cannot be read: the key they were sealed with is gone; set them again"`
	Until           *time.Time        `json:"until,omitempty" doc:"waiting: until when at the latest; retrying: the next attempt."`
	Waits           []conversion.Wait `json:"waits,omitempty" doc:"What is waited for, and why, as codes. Missing in an end state."`
}

// standings returns one view per integration: those that were decided on, and those
// that still have to be.
func (s *server) standings(c decision.Case, deliveries []models.Delivery) []standingView {
	decider := decision.Decider{Destinations: s.Destinations, SettleOf: sources.SettleOf(s.Sources)}
	return views(decider.Statuses(c, deliveries), func(status decision.Status) standingView {
		return viewStatus(c.Conversion.Kind, status)
	})
}

func viewStatus(kind conversion.Kind, s decision.Status) standingView {
	v := standingView{
		IntegrationID: s.IntegrationID, IntegrationName: s.IntegrationName, IntegrationType: s.IntegrationType,
		State: s.State, Words: statusText(kind, s), Waits: s.Waits, Until: s.Until,
	}
	if s.Unreadable {
		v.Problem = keyGone
	}
	return v
}

// statusText returns why an integration stands where it stands. What the delivery
// itself has on record comes first.
func statusText(kind conversion.Kind, s decision.Status) string {
	recorded := ""
	if s.Delivery != nil {
		recorded = s.Delivery.Reason
	}
	switch {
	case s.State == decision.Skipped && s.Decision == nil:
		return fmt.Sprintf("it does not take %ss, as it is set up now", kind)
	case s.State == decision.Skipped:
		return english.Decision(kind, s.Decision.Detail)
	case s.State == decision.Delivered:
		return cmp.Or(recorded, "the destination took it")
	case s.State == decision.Failed:
		return cmp.Or(recorded, "the destination did not take it") + "; it can be resent"
	default:
		return cmp.Or(recorded, english.Waits(s.Waits))
	}
}
