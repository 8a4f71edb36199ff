package activities

import (
	"time"

	"ringback/internal/delivery"
	"ringback/models"
)

// What holds where an integration has no setting of its own (design section 4).
const (
	defaultRetryFor      = 72 * time.Hour
	defaultTimeout       = 10 * time.Second
	defaultMaxConcurrent = 10
)

// policy is an integration's delivery policy with its defaults filled in.
type policy struct {
	retryFor       time.Duration // in all, from the decision
	timeout        time.Duration // of one attempt
	limits         delivery.Limits
	switchOffAfter int // failed deliveries in a row; 0: never
}

func policyOf(i models.Integration) policy {
	set := i.Settings.Delivery
	p := policy{
		retryFor:       time.Duration(set.RetryForSeconds) * time.Second,
		timeout:        time.Duration(set.TimeoutSeconds) * time.Second,
		limits:         delivery.Limits{Places: set.MaxConcurrent, PerSecond: set.PerSecond},
		switchOffAfter: set.SwitchOffAfter,
	}
	if p.retryFor <= 0 {
		p.retryFor = defaultRetryFor
	}
	if p.timeout <= 0 {
		p.timeout = defaultTimeout
	}
	if p.limits.Places <= 0 {
		p.limits.Places = defaultMaxConcurrent
	}
	return p
}
