package webhook

import (
	"encoding/json"
	"fmt"
	"time"

	"ringback/conversion"
	"ringback/internal/delivery"
)

// The types of messages.
const (
	TypeCall = "conversion.call"
	TypeLead = "conversion.lead"
)

// Message is the body of a webhook, in the form that Standard Webhooks recommends.
// Every attempt sends the same bytes.
type Message struct {
	Type      string    `json:"type"`      // conversion.call or conversion.lead
	Timestamp time.Time `json:"timestamp"` // the time of the conversion: the start of the call or the arrival of the lead
	Data      Data      `json:"data"`
}

// Data is the conversion. Times are RFC 3339 in UTC, and phone numbers are E.164.
// Unknown values are omitted.
type Data struct {
	ID         string            `json:"id"`             // the conversion's id, which is the same for every integration
	DeliveryID string            `json:"delivery_id"`    // the value of the header webhook-id
	Test       bool              `json:"test,omitempty"` // a test event, which must not be counted
	Moment     conversion.Moment `json:"moment"`         // how much was known at the decision: start, end, incomplete or cancelled
	Site       Site              `json:"site"`
	Source     string            `json:"source"`      // the source of the call or lead: callrail, api, script, ...
	ExternalID string            `json:"external_id"` // its id at the source
	Person     *Person           `json:"person,omitempty"`
	Call       *Call             `json:"call,omitempty"` // only in conversion.call
	Form       *Form             `json:"form,omitempty"` // only in conversion.lead
	Unique     *bool             `json:"unique,omitempty"`
	Tags       []string          `json:"tags,omitempty"`
	SessionID  string            `json:"session_id,omitempty"`
	VisitorIDs map[string]string `json:"visitor_ids,omitempty"` // by system: rtbhouse, bizible, ...
	PageURL    string            `json:"page_url,omitempty"`
	Referrer   string            `json:"referrer,omitempty"`
	Visit      *conversion.Visit `json:"visit,omitempty"` // the visit that the attribution model selected
}

// Site is the web site that the conversion belongs to.
type Site struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// Person is the caller or the sender of the form.
type Person struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
	Email string `json:"email,omitempty"`
}

// Call holds what is known about the course of the call.
type Call struct {
	TrackingNumber string             `json:"tracking_number,omitempty"`
	EndedAt        *time.Time         `json:"ended_at,omitempty"`
	Outcome        conversion.Outcome `json:"outcome,omitempty"` // answered, missed, busy or failed
	TalkSeconds    *int               `json:"talk_seconds,omitempty"`
	WaitSeconds    *int               `json:"wait_seconds,omitempty"`
	Target         *bool              `json:"target,omitempty"`
	UniqueTarget   *bool              `json:"unique_target,omitempty"`
}

// Form is the submitted form.
type Form struct {
	Name   string            `json:"name,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
}

// body returns the message for an event.
func body(e delivery.Payload) ([]byte, error) {
	m := Message{Type: TypeCall, Timestamp: e.At.UTC(), Data: data(e)}
	if e.Kind == conversion.KindLead {
		m.Type = TypeLead
		m.Data.Form = &Form{Name: e.Form, Fields: e.Fields}
	} else {
		m.Data.Call = &Call{
			TrackingNumber: e.TrackingNumber, EndedAt: e.EndedAt, Outcome: e.Outcome,
			TalkSeconds: e.TalkSeconds, WaitSeconds: e.WaitSeconds, Target: e.Target, UniqueTarget: e.UniqueTarget,
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encoding the message: %w", err)
	}
	return b, nil
}

func data(e delivery.Payload) Data {
	d := Data{
		ID: e.ID, DeliveryID: e.DeliveryID, Test: e.Test, Moment: e.Moment,
		Site: Site{ID: e.SiteID, Name: e.SiteName}, Source: e.Source, ExternalID: e.ExternalID,
		Unique: e.Unique, Tags: e.Tags, SessionID: e.SessionID, VisitorIDs: e.VisitorIDs,
		PageURL: e.PageURL, Referrer: e.Referrer, Visit: e.Visit,
	}
	if p := (Person{Name: e.Name, Phone: e.Phone, Email: e.Email}); p != (Person{}) {
		d.Person = &p
	}
	return d
}
