// Package callrail reads CallRail's webhooks: calls and form submissions
// (requirement M9).
//
// It knows CallRail's messages and signature. What becomes of a call is decided elsewhere.
package callrail

import (
	"crypto/hmac"
	"crypto/sha1" // CallRail signs with HMAC-SHA1; HMAC does not need a collision-free hash
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/visitorid"
)

// eventParameter is the query parameter of the webhook's URL that says which of
// CallRail's events is sent there: the messages themselves do not say.
const eventParameter = "event"

// The events of CallRail that are understood.
const (
	preCall         = "pre_call"
	routingComplete = "routing_complete"
	postCall        = "post_call"
	callModified    = "call_modified"
	formSubmission  = "form_submission"
)

// defaultCookies is the default of the option visitor_cookies.
var defaultCookies = func() string {
	var pairs []string
	for _, system := range visitorid.Defaults() {
		for _, cookie := range system.Cookies {
			pairs = append(pairs, system.Name+"="+cookie)
		}
	}
	return strings.Join(pairs, ", ")
}()

var description = sources.Description{
	Name:  "callrail",
	Title: "CallRail",
	Form: settings.Form{
		Options: []settings.Field{
			{Name: "visitor_cookies", Default: defaultCookies, Description: "which captured cookies hold visitor ids, as system=cookie with commas; of one system the first that identifies somebody counts. Register the cookies in CallRail's Custom Cookie Capture"},
			{Name: "max_age_seconds", Default: "0", Description: "refuse messages whose timestamp is older than this; 0: any age. CallRail sends the end of a call up to 20 minutes late, and the timestamp may be that of the call's start, so allow for the longest call"},
		},
		Credentials: []settings.Field{
			{Name: "signing_keys", Required: true, Multiline: true, Description: "the company's webhook signing key; while it is being changed the old and the new one, each on a line"},
		},
	},
}

// Source is CallRail. Give each of its events a URL of its own, with
// ?event=pre_call, routing_complete, post_call, call_modified or
// form_submission. Without it a message is taken for what its content shows,
// and a call without changes for its end: then only post-call may be sent there.
type Source struct{}

// New makes the source.
func New() *Source { return &Source{} }

// Describe implements sources.Source.
func (*Source) Describe() sources.Description { return description }

// Validate implements sources.Source.
func (*Source) Validate(s sources.Settings) []fault.Field {
	wrong := description.Check(s.Values)
	if _, ok := maxAge(s); !ok {
		wrong = append(wrong, fault.Field{Path: "options.max_age_seconds", Expected: "a number of seconds, 0 for any age"})
	}
	for _, pair := range cookies(s) {
		if pair.system == "" || pair.name == "" {
			wrong = append(wrong, fault.Field{Path: "options.visitor_cookies", Expected: "system=cookie pairs with commas, such as " + defaultCookies})
			break
		}
	}
	return wrong
}

// Verify checks the header Signature: base64 of the HMAC-SHA1 of the body under
// the company's signing key (facts: CallRail, 4.1).
func (*Source) Verify(r sources.Request, s sources.Settings) error {
	keys := strings.Fields(s.Credentials["signing_keys"])
	if len(keys) == 0 {
		return fault.New(fault.Unauthenticated, "the source has no signing_keys, so nothing can be verified")
	}
	header := strings.TrimSpace(r.Header.Get("Signature"))
	if header == "" {
		return fault.New(fault.Unauthenticated, "the header Signature is missing")
	}
	signature, err := base64.StdEncoding.DecodeString(header)
	if err != nil || !signedWithAny(keys, r.Body, signature) {
		return fault.New(fault.Unauthenticated, "the header Signature does not fit the body and any of the signing_keys")
	}
	return fresh(r, s)
}

func signedWithAny(keys []string, body, signature []byte) bool {
	for _, key := range keys {
		mac := hmac.New(sha1.New, []byte(key))
		mac.Write(body)
		if hmac.Equal(mac.Sum(nil), signature) {
			return true
		}
	}
	return false
}

// fresh refuses replays, where the owner set an age for them.
func fresh(r sources.Request, s sources.Settings) error {
	limit, ok := maxAge(s)
	if !ok {
		return fault.New(fault.Unauthenticated, "the option max_age_seconds is not a number of seconds, so no message can be fresh")
	}
	if limit == 0 {
		return nil
	}
	m, err := read(r.Body)
	if err != nil {
		return err
	}
	sent, ok := parseTime(r.ReceivedAt, m.Timestamp)
	if age := r.ReceivedAt.Sub(sent); !ok || age > limit {
		return fault.New(fault.Unauthenticated, "the message's timestamp is missing, far ahead or older than max_age_seconds")
	}
	return nil
}

func maxAge(s sources.Settings) (time.Duration, bool) {
	seconds, err := strconv.ParseUint(description.Option(s.Values, "max_age_seconds"), 10, 31)
	return time.Duration(seconds) * time.Second, err == nil
}

// Parse implements sources.Source.
func (*Source) Parse(r sources.Request, s sources.Settings) ([]sources.Report, error) {
	m, err := read(r.Body)
	if err != nil {
		return nil, err
	}
	event, err := eventOf(m, r)
	if err != nil {
		return nil, err
	}
	if m.outbound() {
		return nil, nil
	}
	if m.externalID() == "" {
		return nil, fault.InvalidFields(fault.Field{Path: "resource_id", Expected: "the id of the call or form, or the field id"})
	}
	if event == formSubmission {
		return m.lead(r.ReceivedAt, s)
	}
	return m.call(event, r.ReceivedAt, s)
}

func read(body []byte) (message, error) {
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		// The decoder's own words may quote the message, so they are left out.
		return message{}, fault.New(fault.Invalid, "the message is not a JSON object as CallRail sends it")
	}
	return m, nil
}

// eventOf says which event a message is. Changes and form data show by
// themselves, whatever the URL says: a tag that was added later must never pass
// for one that the call ended with (requirement R6).
func eventOf(m message, r sources.Request) (string, error) {
	declared := ""
	if r.URL != nil {
		declared = r.URL.Query().Get(eventParameter)
	}
	switch {
	case m.modified():
		return callModified, nil
	case m.isForm():
		return formSubmission, nil
	}
	switch declared {
	case preCall, routingComplete, postCall, callModified, formSubmission:
		return declared, nil
	case "":
		if m.CallType == "in_progress" {
			return preCall, nil
		}
		return postCall, nil
	default:
		return "", fault.InvalidFields(fault.Field{Path: "event", Expected: "pre_call, routing_complete, post_call, call_modified or form_submission in the webhook's URL"})
	}
}
