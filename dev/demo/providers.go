package demo

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" // the providers' signatures use it
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/visitorid"
)

// providerSecret signs the messages of the demonstration's providers, or is in their
// address.
const providerSecret = "demo-secret-0123456789"

// rtbHouseCookie is the cookie of RTB House that the providers' page scripts capture.
var rtbHouseCookie = visitorid.Cookies(visitorid.RTBHouse)[0]

// talked is how long the calls last.
const talked = 95 * time.Second

// provider is a call tracking provider that reports a call by its webhook.
type provider struct {
	source, title string
	credentials   object
	callID        string // the provider's id of the call
	// messages returns the messages about the call, in order, for the webhook's address.
	messages func(address string) []message
}

// message is what a provider sends.
type message struct {
	address, contentType, body string
	headers                    map[string]string
}

// playProviders reports one call by the webhook of each provider.
func (p Player) playProviders(ctx context.Context, run string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	fmt.Fprint(p.Out, "\nCalls from call tracking providers\n  Each provider reports one call of 95 seconds by its webhook.\n")
	for _, provider := range p.providers(run) {
		if err := p.playProvider(ctx, provider); err != nil {
			return fmt.Errorf("playing a call of %s: %w", provider.title, err)
		}
	}
	return nil
}

func (p Player) playProvider(ctx context.Context, of provider) error {
	var source struct {
		WebhookURL string `json:"webhook_url"`
	}
	err := p.API.do(ctx, http.MethodPut, p.Shop.path("/sources/"+of.source), object{"credentials": of.credentials, "late_data_seconds": 0}, &source)
	if err != nil {
		return err
	}
	for _, m := range of.messages(source.WebhookURL) {
		if err := m.send(ctx); err != nil {
			return err
		}
	}
	var found struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := p.API.do(ctx, http.MethodGet, p.Shop.path("/conversions?external_id="+url.QueryEscape(of.callID)), nil, &found); err != nil {
		return err
	}
	if len(found.Items) == 0 {
		return fmt.Errorf("the call %s was not stored", of.callID)
	}
	c, err := p.awaitDone(ctx, found.Items[0].ID)
	if err != nil {
		return err
	}
	for _, d := range c.Decisions {
		fmt.Fprintf(p.Out, "  %-20s %s\n", of.title, d.Explanation)
	}
	return nil
}

func (m message) send(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.address, strings.NewReader(m.body))
	if err != nil {
		return fmt.Errorf("preparing a provider's message: %w", err)
	}
	request.Header.Set("Content-Type", m.contentType)
	for name, value := range m.headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("sending a provider's message: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Accepted int `json:"accepted"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != http.StatusOK || answer.Accepted == 0 {
		return fmt.Errorf("the webhook answered %s and accepted %d reports", response.Status, answer.Accepted)
	}
	return nil
}

// signed returns the base64 of the HMAC-SHA1 of a text.
func signed(text string) string {
	mac := hmac.New(sha1.New, []byte(providerSecret))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func asJSON(body object) string {
	encoded, _ := json.Marshal(body) // texts, numbers and lists always encode
	return string(encoded)
}

// providers returns the providers, each with a call that began a few minutes ago.
func (p Player) providers(run string) []provider {
	began := p.Clock.Now().UTC().Add(-5 * time.Minute).Truncate(time.Second)
	visitor := "demo-visitor-" + run
	return []provider{callRail(run, visitor, began), callTrackingMetrics(run, visitor, began, p.Clock.Now()), calltouch(run, visitor, began), twilio(run, began), invoca(run, began), dialogtech(run, began)}
}

func callRail(run, visitor string, began time.Time) provider {
	id := "CAL" + run
	body := asJSON(object{
		"resource_id": id, "answered": true, "duration": strconv.Itoa(int(talked.Seconds())), "start_time": began.Format(time.RFC3339),
		"customer_phone_number": "+12025550131", "tags": []string{"sales"}, "utm_source": "google", "utm_medium": "cpc",
		"custom": object{rtbHouseCookie: visitor + "-callrail"},
	})
	return provider{"callrail", "CallRail", object{"signing_keys": providerSecret}, id, func(address string) []message {
		return []message{{address + "?event=post_call", "application/json", body, map[string]string{"Signature": signed(body)}}}
	}}
}

func callTrackingMetrics(run, visitor string, began, now time.Time) provider {
	id, sent := "7"+run, strconv.FormatInt(now.Unix(), 10)
	body := asJSON(object{
		"id": id, "direction": "inbound", "unix_time": began.Unix(), "dial_status": "completed", "duration": talked.Seconds(), "talk_time": talked.Seconds(),
		"caller_number": "+12025550132", "tag_list": []string{"sales"}, "web_source": "google", "medium": "cpc",
		"custom_fields": object{rtbHouseCookie: visitor + "-ctm"},
	})
	return provider{"calltrackingmetrics", "CallTrackingMetrics", object{"secrets": providerSecret}, id, func(address string) []message {
		headers := map[string]string{"X-CTM-Time": sent, "X-CTM-Signature": signed(sent + body)}
		return []message{{address + "?event=call_end", "application/json", body, headers}}
	}}
}

func calltouch(run, visitor string, began time.Time) provider {
	id := "8" + run
	form := url.Values{
		"id": {id}, "timestamp": {strconv.FormatInt(began.Unix(), 10)}, "duration": {strconv.Itoa(int(talked.Seconds()))}, "status": {"successful"},
		"callerphone": {"12025550133"}, "tags": {"sales"}, "source": {"google"}, "medium": {"cpc"},
		"attrs": {asJSON(object{rtbHouseCookie: visitor + "-calltouch"})},
	}
	return provider{"calltouch", "Calltouch", object{"secrets": providerSecret}, id, func(address string) []message {
		return []message{{address + "?event=call_end&secret=" + providerSecret, "application/x-www-form-urlencoded", form.Encode(), nil}}
	}}
}

// twilio reports an inbound call and the leg that its owner's program dialled. Twilio
// has nothing about a visit.
func twilio(run string, began time.Time) provider {
	call, leg := fmt.Sprintf("CA%032x", run), fmt.Sprintf("CA1%031x", run)
	callback := func(sid, direction string, more map[string]string) map[string]string {
		form := map[string]string{"CallSid": sid, "Direction": direction, "From": "+12025550134", "To": "+12025550198", "CallbackSource": "call-progress-events"}
		maps.Copy(form, more)
		return form
	}
	ended := began.Add(talked + 5*time.Second).Format(time.RFC1123Z)
	forms := []map[string]string{
		callback(call, "inbound", map[string]string{"CallStatus": "ringing", "Timestamp": began.Format(time.RFC1123Z), "SequenceNumber": "0"}),
		callback(leg, "outbound-dial", map[string]string{"ParentCallSid": call, "CallStatus": "completed", "CallDuration": "95", "Timestamp": ended, "SequenceNumber": "2"}),
		callback(call, "inbound", map[string]string{"CallStatus": "completed", "CallDuration": "100", "Timestamp": ended, "SequenceNumber": "3"}),
	}
	return provider{"twilio", "Twilio", object{"auth_tokens": providerSecret}, call, func(address string) []message {
		var all []message
		for _, form := range forms {
			text, fields := address, url.Values{}
			for _, name := range slices.Sorted(maps.Keys(form)) {
				text += name + form[name]
				fields.Set(name, form[name])
			}
			all = append(all, message{address, "application/x-www-form-urlencoded", fields.Encode(), map[string]string{"X-Twilio-Signature": signed(text)}})
		}
		return all
	}}
}

// invoca is a preset of a mapped source: its messages are read by a mapping alone.
func invoca(run string, began time.Time) provider {
	id := "demo-" + run
	body := asJSON(object{
		"transaction_id": id, "start_time_utc": began.UnixMilli(), "duration": talked.Seconds() + 5, "connect_duration": talked.Seconds(),
		"calling_phone_number": "202-555-0135", "utm_source": "google", "utm_medium": "cpc",
	})
	return provider{"invoca", "Invoca (mapped)", object{"secrets": providerSecret}, id, func(address string) []message {
		return []message{{address + "?secret=" + providerSecret, "application/json", body, nil}}
	}}
}

// dialogtech is the other preset: its customers name the parameters of the address, here
// by the names that the preset expects.
func dialogtech(run string, began time.Time) provider {
	id := "demo-dt-" + run
	form := url.Values{
		"call_id": {id}, "started_at": {began.Format(time.RFC3339)}, "talk_seconds": {strconv.Itoa(int(talked.Seconds()))}, "outcome": {"answered"},
		"caller": {"202-555-0136"}, "utm_source": {"google"}, "utm_medium": {"cpc"},
	}
	return provider{"dialogtech", "DialogTech (mapped)", object{"secrets": providerSecret}, id, func(address string) []message {
		return []message{{address + "?secret=" + providerSecret, "application/x-www-form-urlencoded", form.Encode(), nil}}
	}}
}
