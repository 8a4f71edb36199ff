// Package sources says what a source is: where calls and leads come from. Each
// provider is a small package below this one, and passes the suite in sourcetest.
//
// A source verifies a provider's webhook and reads it into Ringback's words. It
// must not know of the database, of Temporal or of the web framework.
package sources

import (
	"net/http"
	"net/url"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/settings"
)

// Request is a provider's webhook as it arrived.
type Request struct {
	Method     string
	URL        *url.URL // the public URL that the provider called
	Header     http.Header
	Body       []byte
	ReceivedAt time.Time
}

// Settings are a site's settings for one source.
type Settings struct {
	settings.Values
	Region   string         // ISO 3166-1 alpha-2, for numbers without a country
	TimeZone *time.Location // for times without a zone
}

// Description is what a source says of itself.
type Description struct {
	Name  string // as in URLs: callrail
	Title string // as owners know it: CallRail
	settings.Form
	SettleSeconds int // default wait after the end for late data
}

// Key returns the name, by which a Registry finds the source.
func (d Description) Key() string { return d.Name }

// Report is one thing a webhook said: an event of a call, or a lead.
type Report struct {
	Kind       conversion.Kind
	ExternalID string            // the provider's id of the call or lead
	Event      *conversion.Event // calls
	Lead       *conversion.Lead  // leads
	// OnlyIfKnown: the event adds to a call that was reported before, and is
	// dropped when there is none. It never makes a conversion of its own.
	OnlyIfKnown bool
}

// Source reads one provider's webhooks.
type Source interface {
	Describe() Description
	// Validate says what is wrong with a site's options and credentials; empty: nothing. It never quotes a value.
	Validate(Settings) []fault.Field
	// Verify checks that the provider sent this. Errors say what was wrong, never the expected signature.
	Verify(Request, Settings) error
	// Parse reads the reports. None is a valid answer: a test ping, a message that says nothing about a call.
	// The same body parses to the same reports with the same event ids.
	Parse(Request, Settings) ([]Report, error)
}
