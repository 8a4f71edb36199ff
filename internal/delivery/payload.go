package delivery

import (
	"time"

	"ringback/conversion"
)

// Payload is the event that a delivery carries. It is a snapshot taken when the
// decision was made, and is the same on every attempt.
type Payload struct {
	ID         string `json:"id"`          // the conversion's id; the same on every attempt and resend
	DeliveryID string `json:"delivery_id"` // the delivery's id; the same on every attempt
	Test       bool   `json:"test,omitempty"`
	// Repeat reports whether the destination may have the event already: the delivery
	// is a resend, or there was an attempt before this one. It is not part of the
	// snapshot.
	Repeat     bool              `json:"-"`
	Kind       conversion.Kind   `json:"kind"`
	Moment     conversion.Moment `json:"moment"`
	SiteID     string            `json:"site_id"`
	SiteName   string            `json:"site_name"`
	Source     string            `json:"source"`
	ExternalID string            `json:"external_id"`
	At         time.Time         `json:"at"` // start of the call, arrival of the lead

	Phone          string             `json:"phone,omitempty"` // E.164
	Name           string             `json:"name,omitempty"`
	Email          string             `json:"email,omitempty"`
	TrackingNumber string             `json:"tracking_number,omitempty"`
	EndedAt        *time.Time         `json:"ended_at,omitempty"`
	Outcome        conversion.Outcome `json:"outcome,omitempty"`
	TalkSeconds    *int               `json:"talk_seconds,omitempty"`
	WaitSeconds    *int               `json:"wait_seconds,omitempty"`
	Unique         *bool              `json:"unique,omitempty"` // nil if it was not known when it was decided
	Target         *bool              `json:"target,omitempty"`
	UniqueTarget   *bool              `json:"unique_target,omitempty"`
	Form           string             `json:"form,omitempty"`
	Fields         map[string]string  `json:"fields,omitempty"`
	Tags           []string           `json:"tags,omitempty"`
	SessionID      string             `json:"session_id,omitempty"`
	VisitorIDs     map[string]string  `json:"visitor_ids,omitempty"`
	PersonIDs      []string           `json:"person_ids,omitempty"` // the systems whose id comes from an earlier visit of the same person
	// IDEvidence is what links each of VisitorIDs to the conversion, by system.
	IDEvidence map[string]conversion.Evidence `json:"id_evidence,omitempty"`

	Visit    *conversion.Visit `json:"visit,omitempty"` // the visit that attribution chose
	PageURL  string            `json:"page_url,omitempty"`
	Referrer string            `json:"referrer,omitempty"`
}
