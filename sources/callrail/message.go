package callrail

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/sources/listing"
)

// message holds the fields of a webhook's body that Ringback reads. Legacy names come
// second.
type message struct {
	ResourceID lenient.Text `json:"resource_id"`
	ID         lenient.Text `json:"id"`
	SessionID  lenient.Text `json:"session_uuid"`

	CallType  lenient.Text `json:"call_type"`
	Direction lenient.Text `json:"direction"`
	Answered  lenient.Text `json:"answered"`
	Voicemail lenient.Text `json:"voicemail"`
	Duration  lenient.Text `json:"duration"`
	Tags      lenient.List `json:"tags"`

	StartTime lenient.Text `json:"start_time"`
	CreatedAt lenient.Text `json:"created_at"`
	Timestamp lenient.Text `json:"timestamp"`
	DateTime  lenient.Text `json:"datetime"`

	CustomerNumber  lenient.Text `json:"customer_phone_number"`
	CallerNumber    lenient.Text `json:"callernum"`
	CustomerName    lenient.Text `json:"customer_name"`
	CustomerEmail   lenient.Text `json:"customer_email"`
	CustomerCity    lenient.Text `json:"customer_city"`
	CustomerState   lenient.Text `json:"customer_state"`
	CustomerCountry lenient.Text `json:"customer_country"`
	TrackingNumber  lenient.Text `json:"tracking_phone_number"`
	TrackingNum     lenient.Text `json:"trackingnum"`

	Source      lenient.Text `json:"source"`
	CallSource  lenient.Text `json:"callsource"`
	Medium      lenient.Text `json:"medium"`
	Campaign    lenient.Text `json:"campaign"`
	Keywords    lenient.Text `json:"keywords"`
	UTMSource   lenient.Text `json:"utm_source"`
	UTMMedium   lenient.Text `json:"utm_medium"`
	UTMCampaign lenient.Text `json:"utm_campaign"`
	UTMTerm     lenient.Text `json:"utm_term"`
	UTMContent  lenient.Text `json:"utm_content"`
	Landing     lenient.Text `json:"landing_page_url"`
	LandingPage lenient.Text `json:"landingpage"`
	LastPage    lenient.Text `json:"last_requested_url"`
	Referring   lenient.Text `json:"referring_url"`
	Referrer    lenient.Text `json:"referrer"`
	Device      lenient.Text `json:"device_type"`
	GCLID       lenient.Text `json:"gclid"`
	FBCLID      lenient.Text `json:"fbclid"`
	MSCLKID     lenient.Text `json:"msclkid"`
	GA          lenient.Text `json:"ga"`
	Custom      lenient.Map  `json:"custom"` // cookies by name

	Changes     json.RawMessage `json:"changes"` // only of call modified
	FormData    lenient.Map     `json:"form_data"`
	FormURL     lenient.Text    `json:"form_url"`
	FormName    lenient.Text    `json:"form_name"`
	SubmittedAt lenient.Text    `json:"submitted_at"`
}

func (m message) externalID() string { return string(cmp.Or(m.ResourceID, m.ID)) }

func (m message) outbound() bool {
	return strings.HasPrefix(m.Direction.Word(), "outbound") || strings.HasPrefix(m.CallType.Word(), "outbound")
}

// hasEnded reports whether a listed call has ended, as far as its fields say so.
func (m message) hasEnded() bool { return !m.isInProgress() && m.Duration.Seconds() != nil }

func (m message) modified() bool {
	return len(m.Changes) > 0 && !slices.Contains([]string{"null", `""`}, string(m.Changes))
}

func (m message) isForm() bool { return m.FormData != nil || m.SubmittedAt != "" }

// isCall reports whether the message has a field that only calls have.
func (m message) isCall() bool {
	return m.CallType+m.Direction+m.Answered+m.Duration+m.StartTime+m.TrackingNumber+m.TrackingNum != ""
}

// isInProgress reports whether the call has not ended.
func (m message) isInProgress() bool { return m.CallType.Word() == "in-progress" }

// answered reports whether a person answered the call. A voicemail box does not count.
func (m message) answered() bool {
	return m.Answered.Yes() && !m.Voicemail.Yes() && !strings.HasPrefix(m.CallType.Word(), "voicemail")
}

// times returns fields that hold times. CallRail's are ISO 8601 with an offset. One
// without an offset is in the account's zone.
func times(s sources.Settings, given ...lenient.Text) []lenient.TimeField {
	var fields []lenient.TimeField
	for _, g := range given {
		fields = append(fields, lenient.TimeField{Value: g, Zone: listing.Zone(description.Form, s)})
	}
	return fields
}

// startedAt returns the start of the call. The legacy field datetime is UTC.
func (m message) startedAt(receivedAt time.Time, s sources.Settings) (time.Time, error) {
	fields := append(times(s, m.StartTime, m.CreatedAt), lenient.TimeField{Value: m.DateTime})
	return lenient.FirstTime(receivedAt, "start_time", exampleTime, fields...)
}

// exampleTime is a time in CallRail's notation.
const exampleTime = "2026-03-01T12:00:00.000-05:00"
