// Package callrail reads CallRail's webhooks, which report calls and form
// submissions (M9).
//
// It covers CallRail's messages and signature. It must not know what is done with a
// call.
package callrail

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/internal/unread"
	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/sources/listing"
	"ringback/visitorid"
)

// eventParameter is the query parameter of the webhook's URL that names the event
// CallRail sends there. The messages themselves do not name it.
const eventParameter = "event"

// The supported events of CallRail.
const (
	preCall         = "pre_call"
	routingComplete = "routing_complete"
	postCall        = "post_call"
	callModified    = "call_modified"
	formSubmission  = "form_submission"
)

// defaultCookies is the default of the option visitor_cookies.
var defaultCookies = sources.DefaultPlaces(func(_ visitorid.System, cookie string) []string { return []string{cookie} })

var description = sources.Description{
	Name:  "callrail",
	Title: "CallRail",
	Form: listing.Form(settings.Form{
		Options: []settings.Field{
			{Name: "visitor_cookies", Default: defaultCookies},
			{Name: "max_age_seconds", Default: sources.DefaultMaxAge},
		},
		Credentials: []settings.Field{
			{Name: "signing_keys", Required: true, Multiline: true},
		},
	}, apiDefaults, apiOptions, apiCredentials),
	Addresses: sources.EventAddresses(eventParameter, postCall, preCall, routingComplete, callModified, formSubmission),
}

// Source is the source CallRail. Each event should have its own webhook URL, with
// ?event=pre_call, routing_complete, post_call, call_modified or form_submission.
// Without the parameter the event is derived from the message. A call without
// changes then counts as ended, so only post-call may be sent to such a URL.
type Source struct{}

// New returns the source.
func New() *Source { return &Source{} }

// Describe implements sources.Source.
func (*Source) Describe() sources.Description { return description }

// Validate implements sources.Source.
func (*Source) Validate(s sources.Settings) []fault.Field {
	wrong := append(description.Check(s.Values), sources.CheckMaxAge(description.Form, s.Values)...)
	wrong = append(wrong, sources.CheckPlaces(description.Form, s.Values, "visitor_cookies", defaultCookies)...)
	return append(wrong, checkAPI(s)...)
}

// Verify checks the header Signature, which is the base64 of the HMAC-SHA1 of the
// body with the company's signing key (docs/facts/callrail.md).
func (*Source) Verify(r sources.Request, s sources.Settings) error {
	keys := sources.Secrets(s.Credentials["signing_keys"])
	if len(keys) == 0 {
		return fault.New(fault.Unauthenticated, "no_credentials").With("Setting", "signing_keys")
	}
	header := r.Header.Get("Signature")
	if header == "" {
		return fault.New(fault.Unauthenticated, "header_missing").With("Header", "Signature")
	}
	if !sources.SignedWithAny(keys, header, r.Body) {
		return fault.New(fault.Unauthenticated, "signature_of_body")
	}
	return checkAge(r, s)
}

// checkAge rejects old messages, such as replays. A message that is not readable at all
// has no age: it is stored as unread. Nor has one about a change, whose timestamp may be
// that of the start of the call: it only adds tags to a call that is known.
func checkAge(r sources.Request, s sources.Settings) error {
	m, err := read(r.Body)
	if err != nil || m.modified() {
		return nil
	}
	return sources.CheckAge(description.Form, s.Values, r.ReceivedAt, "timestamp", func() (time.Time, error) {
		return lenient.FirstTime(r.ReceivedAt, "timestamp", "", times(s, m.Timestamp, m.SubmittedAt, m.StartTime, m.CreatedAt)...)
	})
}

// Parse implements sources.Source.
func (*Source) Parse(r sources.Request, s sources.Settings) (sources.Reading, error) {
	m, err := read(r.Body)
	if err != nil {
		return sources.Reading{}, err
	}
	event, err := eventOf(m, r)
	switch {
	case err != nil:
		return sources.Reading{}, err
	case m.outbound():
		return sources.Reading{LeftOut: sources.OutboundCall}, nil
	case m.externalID() == "":
		return sources.Reading{}, unread.New(unread.Missing, "resource_id")
	}
	var reports []sources.Report
	if event == formSubmission {
		reports, err = m.lead(r.ReceivedAt, s)
	} else {
		reports, err = m.call(event, r.ReceivedAt, s)
	}
	return sources.Reading{Reports: reports}, err
}

func read(body []byte) (message, error) {
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		// The decoder's error may quote the message, so it is dropped.
		return message{}, unread.New(unread.NotJSON, "")
	}
	return m, nil
}

// eventOf returns the event of a message. The signature covers the message and not the
// URL, so the URL only chooses among the events that a message can be of; see
// docs/threat-model.md for what that leaves open. A tag that was added
// later must never count as one that was set before the end of the call either (R6).
func eventOf(m message, r sources.Request) (string, error) {
	declared := lenient.Parameter(r.URL, eventParameter)
	switch {
	case m.modified():
		return callModified, nil
	case m.isForm():
		return formSubmission, nil
	case declared == formSubmission && m.isCall():
		return "", unread.Expecting(unread.WrongEvent, eventParameter, strings.Join([]string{preCall, routingComplete, postCall, callModified}, ", "))
	case m.isInProgress() && slices.Contains([]string{"", postCall}, declared):
		return preCall, nil
	}
	switch declared {
	case preCall, routingComplete, postCall, callModified, formSubmission, listing.Event:
		return declared, nil
	case "":
		return postCall, nil
	default:
		return "", unread.Expecting(unread.UnknownEvent, eventParameter, "pre_call, routing_complete, post_call, call_modified, form_submission")
	}
}
