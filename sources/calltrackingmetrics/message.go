package calltrackingmetrics

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ringback/internal/unread"
	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/sources/listing"
)

// message holds the fields of a webhook's body that Ringback reads. It is the call as
// in CTM's API.
type message struct {
	ID  lenient.Text `json:"id"`
	SID lenient.Text `json:"sid"`

	Direction  lenient.Text    `json:"direction"`
	DialStatus lenient.Text    `json:"dial_status"`
	CallStatus lenient.Text    `json:"call_status"`
	Status     lenient.Text    `json:"status"`
	Duration   lenient.Text    `json:"duration"`
	TalkTime   lenient.Text    `json:"talk_time"`
	RingTime   lenient.Text    `json:"ring_time"`
	WaitTime   lenient.Text    `json:"wait_time"`
	Tags       lenient.List    `json:"tag_list"`
	CallPath   json.RawMessage `json:"call_path"`

	UnixTime lenient.Text `json:"unix_time"`
	CalledAt lenient.Text `json:"called_at"`

	CallerNumber   lenient.Text `json:"caller_number"`
	CallerComplete lenient.Text `json:"caller_number_complete"`
	ContactNumber  lenient.Text `json:"contact_number"`
	Name           lenient.Text `json:"name"`
	CNAM           lenient.Text `json:"cnam"`
	Email          lenient.Text `json:"email"`
	City           lenient.Text `json:"city"`
	State          lenient.Text `json:"state"`
	Country        lenient.Text `json:"country"`
	TrackingNumber lenient.Text `json:"tracking_number"`

	VisitorSID   lenient.Text `json:"visitor_sid"`
	Source       lenient.Text `json:"source"`
	WebSource    lenient.Text `json:"web_source"`
	Medium       lenient.Text `json:"medium"`
	Campaign     lenient.Text `json:"campaign"`
	Keyword      lenient.Text `json:"keyword"`
	AdContent    lenient.Text `json:"ad_content"`
	Referrer     lenient.Text `json:"referrer"`
	Location     lenient.Text `json:"location"`
	LastLocation lenient.Text `json:"last_location"`
	Paid         lenient.Map  `json:"paid"`
	GA           lenient.Map  `json:"ga"`
	WebVisit     lenient.Map  `json:"webvisit"`

	Form         lenient.Map `json:"form"`
	CustomFields lenient.Map `json:"custom_fields"`

	ids map[string]string // visitor ids by system
}

func read(body []byte, s sources.Settings) (message, error) {
	var m message
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) || json.Unmarshal(body, &m) != nil {
		return message{}, unread.New(unread.NotJSON, "")
	}
	m.ids = visitorIDs(m, lenient.ReadTree(body), s)
	return m, nil
}

// externalID returns the id of the call, which is the same in all its messages.
func (m message) externalID() string { return string(cmp.Or(m.ID, m.SID)) }

// kind returns why the message is left out, empty if it is not, and whether it is a
// lead.
func (m message) kind() (omission sources.Omission, isLead bool, err error) {
	direction := m.Direction.Word()
	switch {
	case direction == "" || direction == "inbound":
		return "", false, nil
	case direction == "form":
		return "", true, nil
	case strings.HasPrefix(direction, "outbound"):
		return sources.OutboundCall, false, nil
	case strings.HasPrefix(direction, "msg"):
		return sources.TextMessage, false, nil
	default:
		return "", false, unread.Expecting(unread.UnknownEvent, "direction", "inbound, form")
	}
}

// startedAt returns the start of the call, or the time of the form.
func (m message) startedAt(receivedAt time.Time, s sources.Settings) (time.Time, error) {
	return lenient.FirstTime(receivedAt, "unix_time", "1772366400",
		lenient.TimeField{Value: m.UnixTime}, lenient.TimeField{Value: m.CalledAt, Zone: listing.Zone(description.Form, s)})
}

// over lists statuses of calls that have ended.
var over = []string{"completed", "no-answer", "busy", "failed", "canceled", "cancelled", "hangup", "missed", "abandoned", "voicemail"}

func (m message) statuses() []string {
	var all []string
	for _, status := range []lenient.Text{m.DialStatus, m.CallStatus, m.Status} {
		all = append(all, status.Word())
	}
	return all
}

// hasEnded reports whether the message is that of a call that has ended.
func (m message) hasEnded() bool {
	talk, duration := m.TalkTime.Seconds(), m.Duration.Seconds()
	return talk != nil && *talk > 0 || duration != nil && *duration > 0 || m.hasStatusIn(over)
}

func (m message) hasStatusIn(list []string) bool {
	return slices.ContainsFunc(m.statuses(), func(status string) bool { return slices.Contains(list, status) })
}

// underWay lists statuses of calls that have not ended.
var underWay = []string{"queued", "initiated", "ringing", "in-progress"}

// isUnderWay reports whether the message is that of a call that has not ended. The
// signature covers the message and not the URL, so such a message ends no call even if
// it is sent to the URL of call_end.
func (m message) isUnderWay() bool {
	return !m.hasEnded() && m.hasStatusIn(underWay)
}

// isVoicemail reports whether a voicemail box took the call, which is no answer.
func (m message) isVoicemail() bool {
	if slices.ContainsFunc(m.statuses(), func(status string) bool { return strings.Contains(strings.ReplaceAll(status, "-", ""), "voicemail") }) {
		return true
	}
	var path []struct {
		RouteType lenient.Text `json:"route_type"`
	}
	if len(m.CallPath) == 0 || json.Unmarshal(m.CallPath, &path) != nil || len(path) == 0 {
		return false
	}
	return strings.Contains(strings.ReplaceAll(path[len(path)-1].RouteType.Word(), "-", ""), "voicemail")
}
