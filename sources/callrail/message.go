package callrail

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ringback/internal/instant"
	"ringback/sources"
)

// message holds the fields of a webhook's body that Ringback reads. Legacy names come
// second.
type message struct {
	ResourceID lenientString `json:"resource_id"`
	ID         lenientString `json:"id"`
	SessionID  lenientString `json:"session_uuid"`

	CallType  lenientString `json:"call_type"`
	Direction lenientString `json:"direction"`
	Answered  lenientString `json:"answered"`
	Voicemail lenientString `json:"voicemail"`
	Duration  lenientString `json:"duration"`
	Tags      lenientList   `json:"tags"`

	StartTime lenientString `json:"start_time"`
	CreatedAt lenientString `json:"created_at"`
	Timestamp lenientString `json:"timestamp"`
	DateTime  lenientString `json:"datetime"`

	CustomerNumber  lenientString `json:"customer_phone_number"`
	CallerNumber    lenientString `json:"callernum"`
	CustomerName    lenientString `json:"customer_name"`
	CustomerEmail   lenientString `json:"customer_email"`
	CustomerCity    lenientString `json:"customer_city"`
	CustomerState   lenientString `json:"customer_state"`
	CustomerCountry lenientString `json:"customer_country"`
	TrackingNumber  lenientString `json:"tracking_phone_number"`
	TrackingNum     lenientString `json:"trackingnum"`

	Source      lenientString `json:"source"`
	CallSource  lenientString `json:"callsource"`
	Medium      lenientString `json:"medium"`
	Campaign    lenientString `json:"campaign"`
	Keywords    lenientString `json:"keywords"`
	UTMSource   lenientString `json:"utm_source"`
	UTMMedium   lenientString `json:"utm_medium"`
	UTMCampaign lenientString `json:"utm_campaign"`
	UTMTerm     lenientString `json:"utm_term"`
	UTMContent  lenientString `json:"utm_content"`
	Landing     lenientString `json:"landing_page_url"`
	LandingPage lenientString `json:"landingpage"`
	LastPage    lenientString `json:"last_requested_url"`
	Referring   lenientString `json:"referring_url"`
	Referrer    lenientString `json:"referrer"`
	Device      lenientString `json:"device_type"`
	GCLID       lenientString `json:"gclid"`
	FBCLID      lenientString `json:"fbclid"`
	MSCLKID     lenientString `json:"msclkid"`
	GA          lenientString `json:"ga"`
	Custom      lenientMap    `json:"custom"` // cookies by name

	Changes     json.RawMessage `json:"changes"` // only of call modified
	FormData    lenientMap      `json:"form_data"`
	FormURL     lenientString   `json:"form_url"`
	FormName    lenientString   `json:"form_name"`
	SubmittedAt lenientString   `json:"submitted_at"`
}

func (m message) externalID() string { return string(cmp.Or(m.ResourceID, m.ID)) }

func (m message) outbound() bool {
	return strings.HasPrefix(string(m.Direction), "outbound") || m.CallType == "outbound"
}

func (m message) modified() bool {
	return len(m.Changes) > 0 && !slices.Contains([]string{"null", `""`}, string(m.Changes))
}

func (m message) isForm() bool { return m.FormData != nil || m.SubmittedAt != "" }

// answered reports whether a person answered the call. A voicemail box does not count.
func (m message) answered() bool {
	return m.Answered.yes() && !m.Voicemail.yes() && !strings.HasPrefix(string(m.CallType), "voicemail")
}

// startedAt returns the start of the call if the message holds it.
func (m message) startedAt(receivedAt time.Time) (time.Time, bool) {
	return parseTime(receivedAt, m.StartTime, m.CreatedAt, m.DateTime)
}

// plausible describes the times that are accepted.
const plausible = "from the year 2000 on and at most one day ahead"

// parseTime returns the first of these strings that is a plausible time. A time is
// ISO 8601 with an offset, or has CallRail's legacy format, which is UTC.
func parseTime(receivedAt time.Time, given ...lenientString) (time.Time, bool) {
	for _, g := range given {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", time.DateTime} {
			if t, err := time.Parse(layout, string(g)); err == nil && sources.Plausible(t, receivedAt) {
				return instant.Of(t), true
			}
		}
	}
	return time.Time{}, false
}
