package models

import (
	"time"

	"ringback/conversion"
	"ringback/visits"
)

// ScriptSettings are what a site's owner sets for the script on its pages.
type ScriptSettings struct {
	ConsentRequired bool              `json:"consent_required"`
	Forms           FormCapture       `json:"forms"`
	Fields          map[string]string `json:"fields"`            // form field by name: phone, email, name, never
	VisitorIDs      []VisitorIDSource `json:"visitor_ids"`       // third parties' ids to read
	Origins         []string          `json:"origins"`           // beyond the domains: https://shop.example.net:8443
	SessionMinutes  int               `json:"session_minutes"`   // of inactivity that end a session
	CarryOver       bool              `json:"carry_over"`        // see visits.Rules
	Ignored         []string          `json:"ignored_referrers"` // see visits.Rules
	KeepDays        int               `json:"keep_days"`         // visits older than this are deleted
}

// FormCapture says which forms' submissions become leads.
type FormCapture string

// Which forms are captured.
const (
	FormsMarked FormCapture = "marked" // those with data-ringback
	FormsAll    FormCapture = "all"    // all but those with data-ringback="ignore"
	FormsNone   FormCapture = "none"   // leads come by ringback('lead', ...) alone
)

// VisitorIDSource says where a third party's visitor id is found on a page. The
// first of the cookies, then of the local storage's entries, that holds one counts.
type VisitorIDSource struct {
	System  string   `json:"system"` // rtbhouse, bizible, ...
	Cookies []string `json:"cookies,omitempty"`
	Storage []string `json:"storage,omitempty"`
}

// DefaultScript are the settings of a new site. The ids are those that
// requirements R1 and M1 name.
func DefaultScript() ScriptSettings {
	return ScriptSettings{
		Forms: FormsMarked, SessionMinutes: 30, CarryOver: true, KeepDays: 400,
		VisitorIDs: []VisitorIDSource{
			{System: "rtbhouse", Cookies: []string{"__r_aid_v__", "__rtbh.aid"}},
			{System: "bizible", Cookies: []string{"_biz_uid"}},
		},
	}
}

// Visitor is a browser, known by the id that the script keeps in a cookie.
type Visitor struct {
	SiteID      string `gorm:"primaryKey"`
	ID          string `gorm:"primaryKey"` // made by the script: 16 to 64 letters, digits, - and _
	FirstSeenAt time.Time
	LastSeenAt  time.Time
}

// VisitorID is what a third party (rtbhouse, bizible, ...) calls a visitor: the latest seen.
type VisitorID struct {
	SiteID    string `gorm:"primaryKey"`
	VisitorID string `gorm:"primaryKey"`
	System    string `gorm:"primaryKey"`
	Value     string
	SeenAt    time.Time
}

// TableName keeps the business's word for it.
func (VisitorID) TableName() string { return "visitor_ids" }

// Session is one visit of a visitor, as the site's script reported it.
type Session struct {
	ID             string `gorm:"primaryKey"`
	SiteID         string
	VisitorID      string
	StartedAt      time.Time
	LastActivityAt time.Time
	Traffic        conversion.Traffic `gorm:"serializer:json"`
	Why            string             // why it is a session of its own
	Carried        bool               // its channel is that of the session before
	VisitorIDs     map[string]string  `gorm:"serializer:json"` // third parties' ids seen during it
	Storage        string             // where the browser keeps the visitor id: cookie, storage, memory
	Views          int
	Leads          int
	CreatedAt      time.Time
}

// PageView is one activity of a session: a page looked at, or a form sent.
type PageView struct {
	SiteID     string `gorm:"primaryKey"`
	ID         string `gorm:"primaryKey"` // made by the script: a repeat is the same view
	SessionID  string
	Kind       visits.Kind
	At         time.Time
	URL        string
	Referrer   string
	Script     string // version of the script that reported it
	ReceivedAt time.Time
}

// PersonKey is one thing that a person is known by on a site. Keys with the same
// person are the same person.
type PersonKey struct {
	SiteID    string `gorm:"primaryKey"`
	Key       string `gorm:"primaryKey"` // visitor/<id>, phone/<E.164>, email/<lower case>
	PersonID  string
	CreatedAt time.Time
}
