package callrail

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ringback/sources"
)

// message is a webhook's body: those of its fields that say something to
// Ringback. Legacy names come second.
type message struct {
	ResourceID text `json:"resource_id"`
	ID         text `json:"id"`
	SessionID  text `json:"session_uuid"`

	CallType  text   `json:"call_type"`
	Direction text   `json:"direction"`
	Answered  text   `json:"answered"`
	Voicemail text   `json:"voicemail"`
	Duration  text   `json:"duration"`
	Tags      labels `json:"tags"`

	StartTime text `json:"start_time"`
	CreatedAt text `json:"created_at"`
	Timestamp text `json:"timestamp"`
	DateTime  text `json:"datetime"`

	CustomerNumber  text `json:"customer_phone_number"`
	CallerNumber    text `json:"callernum"`
	CustomerName    text `json:"customer_name"`
	CustomerEmail   text `json:"customer_email"`
	CustomerCity    text `json:"customer_city"`
	CustomerState   text `json:"customer_state"`
	CustomerCountry text `json:"customer_country"`
	TrackingNumber  text `json:"tracking_phone_number"`
	TrackingNum     text `json:"trackingnum"`

	Source      text  `json:"source"`
	CallSource  text  `json:"callsource"`
	Medium      text  `json:"medium"`
	Campaign    text  `json:"campaign"`
	Keywords    text  `json:"keywords"`
	UTMSource   text  `json:"utm_source"`
	UTMMedium   text  `json:"utm_medium"`
	UTMCampaign text  `json:"utm_campaign"`
	UTMTerm     text  `json:"utm_term"`
	UTMContent  text  `json:"utm_content"`
	Landing     text  `json:"landing_page_url"`
	LandingPage text  `json:"landingpage"`
	LastPage    text  `json:"last_requested_url"`
	Referring   text  `json:"referring_url"`
	Referrer    text  `json:"referrer"`
	Device      text  `json:"device_type"`
	GCLID       text  `json:"gclid"`
	FBCLID      text  `json:"fbclid"`
	MSCLKID     text  `json:"msclkid"`
	GA          text  `json:"ga"`
	Custom      texts `json:"custom"` // cookies, by their names

	Changes     json.RawMessage `json:"changes"` // of call modified alone
	FormData    texts           `json:"form_data"`
	FormURL     text            `json:"form_url"`
	FormName    text            `json:"form_name"`
	SubmittedAt text            `json:"submitted_at"`
}

func (m message) externalID() string { return string(cmp.Or(m.ResourceID, m.ID)) }

func (m message) outbound() bool {
	return strings.HasPrefix(string(m.Direction), "outbound") || m.CallType == "outbound"
}

func (m message) modified() bool {
	return len(m.Changes) > 0 && !slices.Contains([]string{"null", `""`}, string(m.Changes))
}

func (m message) isForm() bool { return m.FormData != nil || m.SubmittedAt != "" }

// answered reports whether a person took the call: a voicemail box did not.
func (m message) answered() bool {
	return m.Answered.yes() && !m.Voicemail.yes() && !strings.HasPrefix(string(m.CallType), "voicemail")
}

// startedAt is when the call began, as far as the message tells.
func (m message) startedAt(receivedAt time.Time) (time.Time, bool) {
	return parseTime(receivedAt, m.StartTime, m.CreatedAt, m.DateTime)
}

// plausible is what is expected of every time.
const plausible = "from the year 2000 on and at most one day ahead"

// parseTime reads the first of these that is a plausible time: ISO 8601 with an
// offset, or CallRail's legacy form, which is UTC.
func parseTime(receivedAt time.Time, given ...text) (time.Time, bool) {
	for _, g := range given {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", time.DateTime} {
			if t, err := time.Parse(layout, string(g)); err == nil && sources.Plausible(t, receivedAt) {
				return t.UTC().Truncate(time.Microsecond), true
			}
		}
	}
	return time.Time{}, false
}
