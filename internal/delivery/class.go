package delivery

import "time"

// Class groups attempts by how they went. It decides what comes next, and is
// shown in metrics and logs.
type Class string

// The classes of attempts.
const (
	ClassDelivered   Class = "delivered"
	ClassRefused     Class = "refused"           // a final 4xx, or a final refusal in the destination's own format
	ClassThrottled   Class = "throttled"         // 429
	ClassUnavailable Class = "unavailable"       // 408, 425, 5xx
	ClassTimeout     Class = "timeout"           // no answer in time
	ClassNetwork     Class = "network"           // refused, reset, DNS
	ClassForbidden   Class = "forbidden_address" // the outbound guard refused the address
	ClassRedirected  Class = "redirected"        // 3xx, which is never followed
	ClassInvalid     Class = "invalid"           // the event or the settings cannot be sent
	ClassInterrupted Class = "interrupted"       // the process ended during the attempt; the outcome is unknown
	ClassNotLetIn    Class = "not_let_in"        // the destination refuses the connection's sign-in; the event was not sent
)

// Retryable reports whether another attempt may succeed.
func (c Class) Retryable() bool {
	switch c {
	case ClassThrottled, ClassUnavailable, ClassTimeout, ClassNetwork, ClassInterrupted, ClassNotLetIn:
		return true
	default:
		return false
	}
}

// Result is the outcome of one attempt as the destination reports it.
type Result struct {
	Class      Class
	Status     int           // HTTP status; 0 if there was no answer
	RetryAfter time.Duration // the wait that the destination asked for; 0 if it did not ask
	Reason     Reason        // without secrets and personal data
}
