package models

import (
	"time"

	"ringback/conversion"
	"ringback/internal/settings"
)

// Role is what a token may do.
type Role string

// The roles. Each may do what the next may, but intake stands apart: it only
// posts events and leads.
const (
	RoleAdmin  Role = "admin"
	RoleEditor Role = "editor"
	RoleViewer Role = "viewer"
	RoleIntake Role = "intake"
)

// Account is a tenant.
type Account struct {
	ID        string `gorm:"primaryKey"`
	Name      string
	CreatedAt time.Time
}

// Token lets its bearer in. Only a hash of its secret is kept.
type Token struct {
	ID         string `gorm:"primaryKey"`
	AccountID  string
	Name       string
	Role       Role
	SecretHash []byte // SHA-256 of the whole token: 256 random bits need no slow hash
	CreatedAt  time.Time
	RevokedAt  *time.Time
}

// Site is one web site of a tenant.
type Site struct {
	ID                string `gorm:"primaryKey"`
	AccountID         string
	Name              string
	Domains           []string `gorm:"serializer:json"`
	TimeZone          string   // IANA name
	Region            string   // ISO 3166-1 alpha-2: the country of numbers without a country code
	TargetCallSeconds int
	UniquenessDays    int // 0: for ever
	MaxCallMinutes    int
	LookbackDays      int
	ScriptKey         string
	Script            ScriptSettings `gorm:"serializer:json"`
	CreatedAt         time.Time
	UpdatedAt         time.Time
	DeletedAt         *time.Time
}

// Rules are the site's thresholds, as package conversion wants them.
func (s Site) Rules() conversion.SiteRules {
	return conversion.SiteRules{
		TargetCallSeconds: s.TargetCallSeconds,
		UniquenessDays:    s.UniquenessDays,
		LookbackDays:      s.LookbackDays,
	}
}

// SiteSource is a site's settings for one source of calls.
type SiteSource struct {
	SiteID          string `gorm:"primaryKey"`
	Source          string `gorm:"primaryKey"`
	HookKey         string // unguessable part of the webhook's URL
	Enabled         bool
	LateDataSeconds int               `gorm:"column:settle_seconds"` // how long after a call its late data are waited for
	Options         map[string]string `gorm:"serializer:json"`
	Credentials     map[string]string `gorm:"serializer:sealed"` // encrypted at rest
	// CredentialsUnreadable says that none of the keys opens the stored
	// credentials: they are left out here, and kept as they are until others are set.
	CredentialsUnreadable bool `gorm:"-"`
	CreatedAt             time.Time
	UpdatedAt             time.Time
}

// IntegrationSettings are what an owner sets, but for the credentials. They are
// kept for every version of an integration.
type IntegrationSettings struct {
	Options          map[string]string           `json:"options"`
	AttributionModel conversion.AttributionModel `json:"attribution_model"`
	Calls            *conversion.Rules           `json:"calls,omitempty"`
	Leads            *conversion.Rules           `json:"leads,omitempty"`
	Delivery         DeliveryPolicy              `json:"delivery"`
}

// RulesFor returns the rules of one kind, nil when that kind is not sent.
func (s IntegrationSettings) RulesFor(kind conversion.Kind) *conversion.Rules {
	if kind == conversion.KindLead {
		return s.Leads
	}
	return s.Calls
}

// DeliveryPolicy says how hard and how fast an integration delivers (design section 4).
// MaxConcurrent and PerSecond hold in each worker process: two workers send twice as much.
type DeliveryPolicy struct {
	RetryForSeconds int     `json:"retry_for_seconds"` // in all, from the decision; default 72 h
	TimeoutSeconds  int     `json:"timeout_seconds"`   // one attempt; default 10 s
	MaxConcurrent   int     `json:"max_concurrent"`    // sends at the same time; default 10
	PerSecond       float64 `json:"per_second"`        // sends per second; 0: no limit
	// SwitchOffAfter is the number of deliveries in a row that ended failed after
	// which the integration is switched off; 0, the default: never.
	SwitchOffAfter int `json:"switch_off_after"`
}

// Integration is one configured destination of a site.
type Integration struct {
	ID          string `gorm:"primaryKey"`
	SiteID      string
	Type        string
	Name        string
	Enabled     bool
	Version     int                 // counts every change; a decision stores the one it used
	Settings    IntegrationSettings `gorm:"serializer:json"`
	Credentials map[string]string   `gorm:"serializer:sealed"`
	// CredentialsUnreadable is as SiteSource has it. Deliveries wait meanwhile.
	CredentialsUnreadable bool `gorm:"-"`
	CreatedAt             time.Time
	UpdatedAt             time.Time
	DeletedAt             *time.Time
}

// Values are what the destination is told of the integration.
func (i Integration) Values() settings.Values {
	return settings.Values{Options: i.Settings.Options, Credentials: i.Credentials}
}

// IntegrationVersion is how an integration was at one version. Credentials are
// kept as the names that were set, never their values.
type IntegrationVersion struct {
	IntegrationID  string `gorm:"primaryKey"`
	Version        int    `gorm:"primaryKey"`
	Name           string
	Enabled        bool
	Settings       IntegrationSettings `gorm:"serializer:json"`
	CredentialsSet []string            `gorm:"serializer:json"`
	ChangedBy      string              // token id, or "admin" for the operator's, "ringback" for an automatic switch-off
	CreatedAt      time.Time
}

// Actor is who changes settings, for the audit trail.
type Actor struct {
	AccountID string
	TokenID   string // "admin" for RINGBACK_ADMIN_TOKEN, "ringback" for the service itself
	RequestID string
}

// AuditEntry is one change of settings. Secrets stand in it as "set" or "changed".
type AuditEntry struct {
	ID        string `gorm:"primaryKey"`
	AccountID string
	SiteID    string
	Actor     string
	Action    string // created, updated, deleted, revoked, switched_off, resent, tested
	Entity    string // site, integration, source, token, account, delivery, pool, number
	EntityID  string
	Changes   map[string]Change `gorm:"serializer:json"`
	RequestID string
	CreatedAt time.Time
}

// Change is what one field was and became.
type Change struct {
	From any `json:"from,omitempty"`
	To   any `json:"to,omitempty"`
}
