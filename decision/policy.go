package decision

import (
	"time"

	"ringback/internal/delivery"
	"ringback/models/integrations"
)

// What applies to an integration that has no setting of its own.
const (
	defaultRetryFor      = 72 * time.Hour
	defaultTimeout       = 10 * time.Second
	defaultMaxConcurrent = 10
)

// Policy is the delivery policy of an integration with its defaults filled in.
type Policy struct {
	RetryFor       time.Duration // in all, from the decision
	Timeout        time.Duration // of one attempt
	Limits         delivery.Limits
	SwitchOffAfter int // failed deliveries in a row; 0 means never
}

// PolicyOf returns the delivery policy of an integration.
func PolicyOf(i integrations.Integration) Policy {
	set := i.Settings.Delivery
	p := Policy{
		RetryFor:       time.Duration(set.RetryForSeconds) * time.Second,
		Timeout:        time.Duration(set.TimeoutSeconds) * time.Second,
		Limits:         delivery.Limits{Slots: set.MaxConcurrent, PerSecond: set.PerSecond},
		SwitchOffAfter: set.SwitchOffAfter,
	}
	if p.RetryFor <= 0 {
		p.RetryFor = defaultRetryFor
	}
	if p.Timeout <= 0 {
		p.Timeout = defaultTimeout
	}
	if p.Limits.Slots <= 0 {
		p.Limits.Slots = defaultMaxConcurrent
	}
	return p
}
