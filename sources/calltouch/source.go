// Package calltouch reads the webhooks of Calltouch, which report calls and requests
// (M9). A request is what Calltouch calls a lead.
//
// It covers Calltouch's messages. It must not know what is done with a call.
package calltouch

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ringback/internal/fault"
	"ringback/internal/placeholder"
	"ringback/internal/settings"
	"ringback/internal/unread"
	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/sources/listing"
	"ringback/visitorid"
)

// The query parameters of the webhook's URL.
const (
	eventParameter  = "event"
	secretParameter = "secret"
)

// The events for which a webhook can be set up.
const (
	callStart = "call_start"
	callEnd   = "call_end"
	request   = "request"
)

// defaultPlaces is the default of the option visitor_ids. Third parties' ids are those
// that the site has attached to Calltouch's session with set_attrs.
var defaultPlaces = sources.DefaultPlaces(func(system visitorid.System, cookie string) []string {
	return []string{"attrs." + cookie, "attrs." + system.Name, cookie}
})

var description = sources.Description{
	Name:  "calltouch",
	Title: "Calltouch",
	Form: listing.Form(settings.Form{
		Options: []settings.Field{
			{Name: "visitor_ids", Default: defaultPlaces},
		},
		Credentials: []settings.Field{
			{Name: "secrets", Required: true, Multiline: true, Chosen: true},
		},
	}, apiDefaults, apiOptions, apiCredentials),
	Addresses: sources.EventAddresses(eventParameter, callEnd, callStart, request),
}

// Source is the source Calltouch. Each event should have its own webhook URL, with
// ?event=call_start, call_end or request. Without the parameter the event is derived
// from the message.
type Source struct{}

// New returns the source.
func New() *Source { return &Source{} }

// Describe implements sources.Source.
func (*Source) Describe() sources.Description { return description }

// Validate implements sources.Source.
func (*Source) Validate(s sources.Settings) []fault.Field {
	wrong := append(description.Check(s.Values), sources.CheckPlaces(description.Form, s.Values, "visitor_ids", "bizible=attrs._biz_uid")...)
	wrong = append(wrong, checkAPI(s)...)
	for _, secret := range sources.Secrets(s.Credentials["secrets"]) {
		if len(secret) < shortestSecret {
			return append(wrong, fault.Field{Path: "credentials.secrets", Expected: fault.Expect("secrets_at_least").Counting(shortestSecret)})
		}
	}
	return wrong
}

// AddressSecrets implements sources.SecretsInAddress.
func (*Source) AddressSecrets(sources.Settings) []string { return []string{secretParameter} }

// shortestSecret is the least length of a secret that cannot be guessed.
const shortestSecret = 16

// Verify checks the secret in the address.
func (*Source) Verify(r sources.Request, s sources.Settings) error {
	secrets := sources.Secrets(s.Credentials["secrets"])
	if len(secrets) == 0 {
		return fault.New(fault.Unauthenticated, "no_credentials").With("Setting", "secrets")
	}
	given := r.URL.Query().Get(secretParameter)
	if given == "" {
		return fault.New(fault.Unauthenticated, "parameter_missing").With("Parameter", secretParameter)
	}
	if !sources.IsAny(secrets, given) {
		return fault.New(fault.Unauthenticated, "parameter_wrong").With("Parameter", secretParameter)
	}
	return nil
}

// Parse implements sources.Source.
func (*Source) Parse(r sources.Request, s sources.Settings) (sources.Reading, error) {
	m := read(r)
	event := lenient.Parameter(r.URL, eventParameter)
	if m.isTest() {
		return sources.Reading{LeftOut: sources.TestMessage}, nil
	}
	maps.DeleteFunc(m, func(_ string, value lenient.Text) bool { return placeholder.IsMacro(string(value)) })
	var reports []sources.Report
	var err error
	switch {
	case len(m) == 0:
		err = unread.New(unread.NotForm, "")
	case event == request, event == "" && m.isRequest():
		reports, err = m.lead(r.ReceivedAt, s)
	case event == "", event == callStart, event == callEnd, event == listing.Event:
		reports, err = m.call(event, r.ReceivedAt, s)
	default:
		err = unread.Expecting(unread.UnknownEvent, eventParameter, "call_start, call_end, request")
	}
	return sources.Reading{Reports: reports}, err
}

// message holds the fields of a message without those that stand for nothing.
type message map[string]lenient.Text

// isTest reports whether the message is one that Calltouch sends to try an address: its
// id, its caller or its time is a macro that was not replaced. Other fields may be such
// macros in the message of a real call, as ad platforms leave them in an address.
func (m message) isTest() bool {
	for _, names := range [][]string{slices.Concat(requestIDs, callIDs), callers, slices.Concat(unixTimes, textTimes, requestTimes)} {
		value := m.first(names...)
		if value != "" && placeholder.IsMacro(string(value)) {
			return true
		}
	}
	return false
}

// read returns the fields in the address and in the body. The parameters of the
// webhook's own address are none of them.
func read(r sources.Request) message {
	m := message{}
	add := func(text string) {
		form, _ := url.ParseQuery(text) // what can be read of it counts
		for name, values := range form {
			m.set(name, values[0])
		}
	}
	if r.URL != nil {
		add(r.URL.RawQuery)
	}
	delete(m, eventParameter)
	delete(m, secretParameter)
	if r.Method != http.MethodGet {
		add(string(r.Body))
	}
	return m
}

// set adds a field. A macro is kept, because it shows that a message is a test.
func (m message) set(name, value string) {
	if value = strings.TrimSpace(value); placeholder.IsMacro(value) || !placeholder.Is(value) {
		m[name] = lenient.Text(value)
	}
}

// first returns the first of these fields that is not empty.
func (m message) first(names ...string) lenient.Text {
	for _, name := range names {
		if value := m[name]; value != "" {
			return value
		}
	}
	return ""
}
