// Package calltrackingmetrics reads the webhooks of CallTrackingMetrics (CTM), which
// report calls and the leads of FormReactor (M9).
//
// It covers CTM's messages and signature. It must not know what is done with a call.
package calltrackingmetrics

import (
	"net/url"
	"time"

	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/internal/unread"
	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/sources/listing"
	"ringback/visitorid"
)

// eventParameter is the query parameter of the webhook's URL that names the moment at
// which CTM sends there. The messages themselves do not name it.
const eventParameter = "event"

// The moments at which CTM sends a message.
const (
	callStart = "call_start"
	callEnd   = "call_end"
	session   = "session" // the visit was found, which may be after the end
	changed   = "changed"
)

// defaultPlaces is the default of the option visitor_ids. Where CTM returns its custom
// variables is unknown, so several places are read (docs/facts/calltrackingmetrics.md).
var defaultPlaces = sources.DefaultPlaces(func(system visitorid.System, cookie string) []string {
	if system.Name == visitorid.MarketoMeasure {
		return []string{"custom_fields.biz_uid", "custom_fields.bizible_id", "bizible_id", "custom_fields." + cookie, cookie}
	}
	return []string{"custom_fields." + cookie, cookie}
})

var description = sources.Description{
	Name:  "calltrackingmetrics",
	Title: "CallTrackingMetrics",
	Form: listing.Form(settings.Form{
		Options: []settings.Field{
			{Name: "visitor_ids", Default: defaultPlaces},
			{Name: "max_age_seconds", Default: sources.DefaultMaxAge},
		},
		Credentials: []settings.Field{
			{Name: "secrets", Required: true, Multiline: true},
		},
	}, apiDefaults, apiOptions, apiCredentials),
	Addresses:     append(sources.EventAddresses(eventParameter, callEnd, session, callStart, changed), sources.Address{Code: "form"}),
	SettleSeconds: 120, // the visit may be found after the call
}

// Source is the source CallTrackingMetrics. Each moment should have its own webhook
// URL, with ?event=call_start, call_end, session or changed. Without the parameter the
// moment is derived from the message.
type Source struct{}

// New returns the source.
func New() *Source { return &Source{} }

// Describe implements sources.Source.
func (*Source) Describe() sources.Description { return description }

// Validate implements sources.Source.
func (*Source) Validate(s sources.Settings) []fault.Field {
	wrong := append(description.Check(s.Values), sources.CheckMaxAge(description.Form, s.Values)...)
	wrong = append(wrong, sources.CheckPlaces(description.Form, s.Values, "visitor_ids", "bizible=custom_fields.biz_uid")...)
	return append(wrong, checkAPI(s)...)
}

// Verify checks the header X-CTM-Signature, which is the base64 of the HMAC-SHA1 of
// the header X-CTM-Time and the body (docs/facts/calltrackingmetrics.md).
func (*Source) Verify(r sources.Request, s sources.Settings) error {
	secrets := sources.Secrets(s.Credentials["secrets"])
	if len(secrets) == 0 {
		return fault.New(fault.Unauthenticated, "no_credentials").With("Setting", "secrets")
	}
	sent, signature := r.Header.Get("X-CTM-Time"), r.Header.Get("X-CTM-Signature")
	if signature == "" {
		return fault.New(fault.Unauthenticated, "header_missing").With("Header", "X-CTM-Signature")
	}
	if !sources.SignedWithAny(secrets, signature, []byte(sent), r.Body) {
		return fault.New(fault.Unauthenticated, "signature_of_time")
	}
	return sources.CheckAge(description.Form, s.Values, r.ReceivedAt, "X-CTM-Time", func() (time.Time, error) {
		return lenient.FirstTime(r.ReceivedAt, "X-CTM-Time", "", lenient.TimeField{Value: lenient.Text(sent)})
	})
}

// Parse implements sources.Source.
func (*Source) Parse(r sources.Request, s sources.Settings) (sources.Reading, error) {
	m, err := read(r.Body, s)
	if err != nil {
		return sources.Reading{}, err
	}
	moment, err := momentOf(r.URL)
	if err != nil {
		return sources.Reading{}, err
	}
	omission, isLead, err := m.kind()
	switch {
	case err != nil || omission != "":
		return sources.Reading{LeftOut: omission}, err
	case m.externalID() == "":
		return sources.Reading{}, unread.New(unread.Missing, "id")
	}
	var reports []sources.Report
	if isLead {
		reports, err = m.lead(r.ReceivedAt, s)
	} else {
		reports, err = m.call(moment, r.ReceivedAt, s)
	}
	return sources.Reading{Reports: reports}, err
}

// momentOf returns the moment that the URL names, empty if it names none.
func momentOf(u *url.URL) (string, error) {
	switch moment := lenient.Parameter(u, eventParameter); moment {
	case "", callStart, callEnd, session, changed, listing.Event:
		return moment, nil
	default:
		return "", unread.Expecting(unread.UnknownEvent, eventParameter, "call_start, call_end, session, changed")
	}
}
