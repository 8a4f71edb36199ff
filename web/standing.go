package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ringback/conversion"
	"ringback/models"
)

// standing says where one integration stands with one conversion (guarantee 4).
type standing string

// The states of guarantee 4. Waiting and retrying say until when.
const (
	standsSkipped   standing = "skipped"
	standsWaiting   standing = "waiting"
	standsRetrying  standing = "retrying"
	standsDelivered standing = "delivered"
	standsFailed    standing = "failed"
)

type standingView struct {
	IntegrationID   string     `json:"integration_id" example:"int_01jdq00000000000000000000"`
	IntegrationName string     `json:"integration_name" example:"RTB House"`
	IntegrationType string     `json:"integration_type" example:"rtbhouse"`
	State           standing   `json:"state" enum:"skipped,waiting,retrying,delivered,failed" example:"waiting"`
	Words           string     `json:"words" doc:"Why it is so, or what is waited for." example:"the end of the call: a metric it asks for is known only then"`
	Problem         string     `json:"problem,omitempty" doc:"What stands in the way of its deliveries, and what to do." example:"its credentials cannot be read: the key they were sealed with is gone; set them again"`
	Until           *time.Time `json:"until,omitempty" doc:"waiting: until when at the latest; retrying: the next attempt."`
}

// standings returns one line per integration: those that were decided on, and
// while the conversion is undecided those that still will be.
func (s *server) standings(d models.Detail, undecided models.Case) []standingView {
	out := make([]standingView, 0, len(d.Decisions)+len(undecided.Integrations))
	decided := map[string]bool{}
	for _, decision := range d.Decisions {
		decided[decision.IntegrationID] = true
		out = append(out, standingOf(d.Conversion.Kind, decision, d.Deliveries))
	}
	for _, integration := range undecided.Integrations {
		if !decided[integration.ID] {
			out = append(out, awaiting(undecided, integration, s.settle(undecided)))
		}
	}
	return out
}

// settle is how long late data of the source is waited for: as the site has set
// it, or as the source itself wants it.
func (s *server) settle(c models.Case) time.Duration {
	if c.Source != nil {
		return time.Duration(c.Source.LateDataSeconds) * time.Second
	}
	source, ok := s.Sources.Get(c.Conversion.Source)
	if !ok {
		return 0
	}
	return time.Duration(source.Describe().SettleSeconds) * time.Second
}

// standingOf is where a decision has led to: the latest delivery counts, as a
// resend may have come after the first.
func standingOf(kind conversion.Kind, d models.Decision, deliveries []models.Delivery) standingView {
	v := standingView{
		IntegrationID: d.IntegrationID, IntegrationName: d.IntegrationName, IntegrationType: d.IntegrationType,
		State: standsSkipped, Words: english.Decision(kind, d.Detail),
	}
	if d.Verdict != conversion.Send {
		return v
	}
	v.State, v.Words = standsWaiting, "the first attempt is about to be made"
	latest := -1
	for _, delivery := range deliveries {
		if delivery.IntegrationID == d.IntegrationID && delivery.ResendNumber > latest {
			latest = delivery.ResendNumber
			v.State, v.Words, v.Until = delivered(delivery)
		}
	}
	return v
}

// delivered puts a delivery's state into words.
func delivered(d models.Delivery) (standing, string, *time.Time) {
	switch d.State {
	case models.DeliveryDelivered:
		return standsDelivered, cmp.Or(d.Reason, "the destination took it"), nil
	case models.DeliveryFailed:
		return standsFailed, cmp.Or(d.Reason, "the destination did not take it") + "; it can be resent", nil
	case models.DeliveryRetrying:
		return standsRetrying, cmp.Or(d.Reason, "an attempt failed, another follows"), d.NextTryAt
	default:
		return standsWaiting, cmp.Or(d.Reason, "the first attempt is about to be made"), d.NextTryAt
	}
}

// awaiting says what an integration waits for before it can be decided on.
func awaiting(c models.Case, i models.Integration, settle time.Duration) standingView {
	v := standingView{
		IntegrationID: i.ID, IntegrationName: i.Name, IntegrationType: i.Type,
		State: standsWaiting, Words: "its decision is about to be made",
	}
	if i.Settings.RulesFor(c.Conversion.Kind) == nil {
		v.State, v.Words = standsSkipped, fmt.Sprintf("it does not take %ss, as it is set up now", c.Conversion.Kind)
		return v
	}
	if i.CredentialsUnreadable {
		v.Problem = keyGone
	}
	if c.Conversion.Kind != conversion.KindCall {
		return v
	}
	call := foldedCall(c.Events)
	if call.Ended() {
		if settle > 0 {
			until := endReported(c.Events).Add(settle)
			v.Words, v.Until = "late data from the source: the call has ended, and the source may still name its visitor", &until
		}
		return v
	}
	ask := conversion.Ask{
		Enabled: i.Enabled, Rules: i.Settings.Calls, Model: i.Settings.AttributionModel, Site: c.Site.Rules(),
	}
	if ready, waits := conversion.Decidable(ask, call.Facts(nil, conversion.Earlier{})); !ready {
		deadline := c.Conversion.CloseAt(c.Site)
		v.Words, v.Until = english.Waits(waits), &deadline
	}
	return v
}

// endReported is when the end of a call became known: the wait for late data counts from then.
func endReported(events []models.EventRow) time.Time {
	i := slices.IndexFunc(events, func(e models.EventRow) bool {
		return e.Call != nil && !e.Late && conversion.FoldCall([]conversion.Event{*e.Call}).Ended()
	})
	if i < 0 {
		return time.Time{}
	}
	return events[i].ReceivedAt
}

func foldedCall(events []models.EventRow) conversion.Call {
	var reported []conversion.Event
	for _, e := range events {
		if e.Call != nil && !e.Late {
			reported = append(reported, *e.Call)
		}
	}
	return conversion.FoldCall(reported)
}
