// Package destinations says what a destination is: where conversion events are
// delivered. Each destination is a package of its own below this one, and
// passes the suite in destinationtest.
//
// A destination knows its wire format and how to read its answers. It must not
// know of the database, of Temporal, of when or how often it is called: the
// dispatch activity decides that.
package destinations

import (
	"context"
	"net/http"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/settings"
)

// Event is what a delivery carries: a snapshot taken when the decision was
// made, the same on every attempt.
type Event struct {
	ID         string            `json:"id"`          // the conversion's id; the same on every attempt and resend
	DeliveryID string            `json:"delivery_id"` // the delivery's id; the same on every attempt
	Test       bool              `json:"test,omitempty"`
	Kind       conversion.Kind   `json:"kind"`
	Moment     conversion.Moment `json:"moment"`
	SiteID     string            `json:"site_id"`
	SiteName   string            `json:"site_name"`
	Source     string            `json:"source"`
	ExternalID string            `json:"external_id"`
	At         time.Time         `json:"at"` // start of the call, arrival of the lead

	Phone          string             `json:"phone,omitempty"` // E.164
	Name           string             `json:"name,omitempty"`
	Email          string             `json:"email,omitempty"`
	TrackingNumber string             `json:"tracking_number,omitempty"`
	EndedAt        *time.Time         `json:"ended_at,omitempty"`
	Outcome        conversion.Outcome `json:"outcome,omitempty"`
	TalkSeconds    *int               `json:"talk_seconds,omitempty"`
	WaitSeconds    *int               `json:"wait_seconds,omitempty"`
	Unique         *bool              `json:"unique,omitempty"` // nil: not known when it was decided
	Target         *bool              `json:"target,omitempty"`
	UniqueTarget   *bool              `json:"unique_target,omitempty"`
	Form           string             `json:"form,omitempty"`
	Fields         map[string]string  `json:"fields,omitempty"`
	Tags           []string           `json:"tags,omitempty"`
	SessionID      string             `json:"session_id,omitempty"`
	VisitorIDs     map[string]string  `json:"visitor_ids,omitempty"`
	PersonIDs      []string           `json:"person_ids,omitempty"` // systems whose id is of an earlier visit of the same person
	Visit          *conversion.Visit  `json:"visit,omitempty"`      // the visit that attribution picked
	PageURL        string             `json:"page_url,omitempty"`
	Referrer       string             `json:"referrer,omitempty"`
}

// Description is what a destination says of itself.
type Description struct {
	Type string // as in the integration's "type": rtbhouse, webhook
	Name string // as owners know it: RTB House
	settings.Form
}

// Doer sends requests. The one that dispatch hands over is guarded, bounded
// and recording; a destination makes no client of its own. A Doer follows no
// redirects, and wraps ErrForbiddenAddress when it refuses to connect.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Destination is one kind of place to deliver to.
type Destination interface {
	Describe() Description
	// Validate says what is wrong with an integration's options and credentials;
	// empty: nothing. It never quotes a credential.
	Validate(settings.Values) []fault.Field
	// Needs checks what the destination itself requires of an event. Pure.
	Needs(Event, settings.Values) []conversion.Check
	// Send delivers the event once and says how that went. It never retries.
	Send(context.Context, Doer, Event, settings.Values) Result
}

// Class groups attempts by how they went; it decides what comes next and is
// shown in metrics and logs.
type Class string

// The classes of attempts (design section 4).
const (
	ClassDelivered   Class = "delivered"
	ClassRefused     Class = "refused"           // a final 4xx or the destination's own final no
	ClassThrottled   Class = "throttled"         // 429
	ClassUnavailable Class = "unavailable"       // 408, 425, 5xx
	ClassTimeout     Class = "timeout"           // no answer in time
	ClassNetwork     Class = "network"           // refused, reset, DNS
	ClassForbidden   Class = "forbidden_address" // the dial guard said no
	ClassRedirected  Class = "redirected"        // 3xx: never followed
	ClassInvalid     Class = "invalid"           // the event or settings cannot be sent
	ClassInterrupted Class = "interrupted"       // the process ended during the attempt; outcome unknown
)

// Retryable reports whether another attempt may succeed.
func (c Class) Retryable() bool {
	switch c {
	case ClassThrottled, ClassUnavailable, ClassTimeout, ClassNetwork, ClassInterrupted:
		return true
	default:
		return false
	}
}

// Result is how one attempt went.
type Result struct {
	Class      Class
	Status     int           // HTTP status, 0 when there was no answer
	RetryAfter time.Duration // asked for by the destination; 0: not asked
	Reason     string        // for the owner: "answered 500", "the address is private"; no secrets, no personal data
}
