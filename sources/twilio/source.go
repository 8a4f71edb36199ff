// Package twilio reads the status callbacks of Twilio Voice, which report calls in
// legs (M9).
//
// It covers Twilio's messages and signature. It must not know what is done with a call.
package twilio

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ringback/internal/fault"
	"ringback/internal/placeholder"
	"ringback/internal/settings"
	"ringback/internal/unread"
	"ringback/sources"
	"ringback/sources/lenient"
)

// The values of the option answered_by.
const (
	byDialLeg = "dial_leg"
	byCall    = "call"
)

var description = sources.Description{
	Name:  "twilio",
	Title: "Twilio Voice",
	Form: settings.Form{
		Options: []settings.Field{
			{Name: "answered_by", Default: byDialLeg, Choices: []string{byDialLeg, byCall}},
			{Name: "max_age_seconds", Default: sources.DefaultMaxAge},
		},
		Credentials: []settings.Field{
			{Name: "auth_tokens", Required: true, Multiline: true},
		},
	},
	SettleSeconds: 15, // events of the two legs may arrive in any order
}

// Source is the source Twilio Voice.
type Source struct{}

// New returns the source.
func New() *Source { return &Source{} }

// Describe implements sources.Source.
func (*Source) Describe() sources.Description { return description }

// Validate implements sources.Source.
func (*Source) Validate(s sources.Settings) []fault.Field {
	return append(description.Check(s.Values), sources.CheckMaxAge(description.Form, s.Values)...)
}

// Verify checks the header X-Twilio-Signature, which is the base64 of the HMAC-SHA1 of
// the URL and the sorted form fields with the account's auth token. Twilio may sign
// the URL with or without its port (docs/facts/twilio.md).
func (*Source) Verify(r sources.Request, s sources.Settings) error {
	tokens := sources.Secrets(s.Credentials["auth_tokens"])
	if len(tokens) == 0 {
		return fault.New(fault.Unauthenticated, "no_credentials").With("Setting", "auth_tokens")
	}
	signature := r.Header.Get("X-Twilio-Signature")
	if signature == "" {
		return fault.New(fault.Unauthenticated, "header_missing").With("Header", "X-Twilio-Signature")
	}
	content, ok := signedContent(r)
	signed := ok && slices.ContainsFunc(spellings(r.URL), func(u string) bool {
		return sources.SignedWithAny(tokens, signature, []byte(u), content)
	})
	if !signed {
		return fault.New(fault.Unauthenticated, "signature_of_address")
	}
	return checkAge(r, s)
}

// checkAge rejects old messages, such as replays. A message that is not readable at all
// has no age: it is stored as unread.
func checkAge(r sources.Request, s sources.Settings) error {
	m, err := read(r)
	if err != nil {
		return nil
	}
	return sources.CheckAge(description.Form, s.Values, r.ReceivedAt, "Timestamp", func() (time.Time, error) {
		return lenient.FirstTime(r.ReceivedAt, "Timestamp", "", lenient.TimeField{Value: lenient.Text(m["Timestamp"])})
	})
}

// signedContent returns what is signed besides the URL. A body that is not a form is
// signed by its digest in the URL.
func signedContent(r sources.Request) ([]byte, bool) {
	if digest := r.URL.Query().Get("bodySHA256"); digest != "" {
		sum := sha256.Sum256(r.Body)
		return nil, strings.EqualFold(digest, hex.EncodeToString(sum[:]))
	}
	if r.Method == http.MethodGet {
		return nil, true
	}
	form, err := url.ParseQuery(string(r.Body))
	if err != nil { // what can be read of it would not be what was signed
		return nil, false
	}
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		b.WriteString(name + form[name][0])
	}
	return []byte(b.String()), true
}

// spellings returns the URL without and with its port.
func spellings(u *url.URL) []string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80"}[u.Scheme]
		if port == "" {
			port = "443"
		}
	}
	without, with := *u, *u
	without.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	with.Host = net.JoinHostPort(strings.Trim(without.Host, "[]"), port)
	return []string{without.String(), with.String()}
}

// Parse implements sources.Source.
func (*Source) Parse(r sources.Request, s sources.Settings) (sources.Reading, error) {
	m, err := read(r)
	if err != nil {
		return sources.Reading{}, err
	}
	switch {
	case m["MessageSid"] != "" || m["SmsSid"] != "":
		return sources.Reading{LeftOut: sources.TextMessage}, nil
	case m["CallSid"] == "":
		return sources.Reading{}, unread.New(unread.Missing, "CallSid")
	case m.isOutbound():
		return sources.Reading{LeftOut: sources.OutboundCall}, nil
	case m["CallStatus"] == "" && m["DialCallStatus"] == "":
		return m.withoutStatus()
	}
	reports, err := m.reports(r.ReceivedAt, s)
	return sources.Reading{Reports: reports}, err
}

// read returns the first value of each field, empty if it stands for nothing.
func read(r sources.Request) (message, error) {
	text := string(r.Body)
	if r.Method == http.MethodGet && r.URL != nil {
		text = r.URL.RawQuery
	}
	form, _ := url.ParseQuery(text) // what can be read of it counts
	m := message{}
	for name, values := range form {
		m[name] = placeholder.Without(strings.TrimSpace(values[0]))
	}
	if len(m) == 0 {
		return nil, unread.New(unread.NotForm, "")
	}
	return m, nil
}
