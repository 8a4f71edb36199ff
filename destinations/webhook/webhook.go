// Package webhook delivers calls and leads to any HTTP receiver as signed JSON that
// follows the Standard Webhooks specification (https://www.standardwebhooks.com).
//
// It covers the message and its signature. It must not know which conversions are sent
// and when.
package webhook

import (
	"bytes"
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/jonboulle/clockwork"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"ringback/conversion"
	"ringback/destinations"
	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/settings"
)

var description = destinations.Description{
	Type: "webhook",
	Name: "Webhook",
	Form: settings.Form{
		Options: []settings.Field{
			{Name: "url", Required: true, Address: true},
		},
		Credentials: []settings.Field{
			{Name: "signing_secret", Required: true, Multiline: true, Stays: true},
			{Name: "headers", Multiline: true},
		},
	},
}

// reasonGone is the reason of a delivery to a receiver that answers 410.
const reasonGone delivery.ReasonCode = "webhook.gone"

//go:embed messages
var messages embed.FS

func init() { explanation.AddMessages(description.Type, messages) }

// Destination delivers to any HTTP receiver.
type Destination struct {
	clock clockwork.Clock
}

// New returns the destination. It takes the time of each attempt, which receivers
// check, from the clock.
func New(clock clockwork.Clock) *Destination { return &Destination{clock: clock} }

// Describe implements destinations.Destination.
func (*Destination) Describe() destinations.Description { return description }

// Validate implements destinations.Destination.
func (*Destination) Validate(s settings.Values) []fault.Field {
	wrong := description.Check(s)
	if target := description.Option(s, "url"); target != "" {
		if expected := expectedOf(target); !expected.IsZero() {
			wrong = append(wrong, fault.Field{Path: "options.url", Expected: expected})
		}
	}
	if secret := s.Credential("signing_secret"); secret != "" {
		if _, expected := signers(secret); !expected.IsZero() {
			wrong = append(wrong, fault.Field{Path: "credentials.signing_secret", Expected: expected})
		}
	}
	if _, expected := parseHeaders(s.Credentials["headers"]); !expected.IsZero() {
		wrong = append(wrong, fault.Field{Path: "credentials.headers", Expected: expected})
	}
	return wrong
}

// expectedOf returns what was expected of a URL that cannot be used.
func expectedOf(target string) fault.Expectation {
	u, err := url.Parse(target)
	switch {
	case err != nil, u.User != nil:
		return fault.Expect("webhook.url_form")
	case u.Scheme != "https" && u.Scheme != "http":
		return fault.Expect("webhook.url_scheme")
	case u.Hostname() == "":
		return fault.Expect("webhook.url_host")
	case u.Fragment != "":
		return fault.Expect("webhook.url_fragment")
	}
	if port, err := strconv.ParseUint(u.Port(), 10, 16); u.Port() != "" && (err != nil || port == 0) || u.Port() == "" && strings.HasSuffix(u.Host, ":") {
		return fault.Expect("webhook.url_port")
	}
	return fault.Expectation{}
}

// Needs implements destinations.Destination. A receiver accepts every event.
func (*Destination) Needs(delivery.Payload, settings.Values) []conversion.Check { return nil }

// Send implements destinations.Destination. Any 2xx is a success. A 4xx that does not
// ask for a retry is final, such as 410 Gone.
func (d *Destination) Send(ctx context.Context, doer delivery.Doer, e delivery.Payload, s settings.Values) delivery.Result {
	message, err := body(e)
	if err != nil {
		return delivery.Result{Class: delivery.ClassInvalid, Reason: delivery.Reason{Code: delivery.ReasonEvent}}
	}
	return d.Post(ctx, doer, e.DeliveryID, message, s)
}

// Post sends a signed message, which need not be an event. The id is the same at each
// attempt to send the message.
func (d *Destination) Post(ctx context.Context, doer delivery.Doer, id string, message []byte, s settings.Values) delivery.Result {
	req, unusable := d.signed(ctx, id, message, s)
	if !unusable.IsZero() {
		return delivery.Result{Class: delivery.ClassInvalid, Reason: unusable}
	}
	resp, err := doer.Do(req)
	result := delivery.ResultOf(resp, err, d.clock.Now())
	if result.Status == http.StatusGone {
		result.Reason.Code = reasonGone
	}
	return result
}

// signed returns the request with a message, or the reason why it cannot be made.
func (d *Destination) signed(ctx context.Context, id string, message []byte, s settings.Values) (*http.Request, delivery.Reason) {
	all, expected := signers(s.Credential("signing_secret"))
	if !expected.IsZero() {
		return nil, delivery.UnusableSetting("credentials.signing_secret", expected)
	}
	headers, expected := parseHeaders(s.Credentials["headers"])
	if !expected.IsZero() {
		return nil, delivery.UnusableSetting("credentials.headers", expected)
	}
	now := d.clock.Now()
	signature, err := sign(all, id, now, message)
	if err != nil {
		return nil, delivery.Reason{Code: delivery.ReasonEvent}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, description.Option(s, "url"), bytes.NewReader(message))
	if err != nil {
		return nil, delivery.UnusableSetting("options.url", fault.Expect("webhook.url_form"))
	}
	req.Header = headers
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return req, delivery.Reason{}
}
