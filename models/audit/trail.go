package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"ringback/internal/ids"
	"ringback/models/database"
)

// Actor is who changes settings, for the audit trail.
type Actor struct {
	AccountID string
	TokenID   string // or the id of a user; "admin" for RINGBACK_ADMIN_TOKEN, "ringback" for the service itself
	Name      string // of a user, empty for others
	RequestID string
}

// Entry is one change of settings. Secrets appear in it as "set" or "changed".
type Entry struct {
	ID        string `gorm:"primaryKey"`
	AccountID string
	SiteID    string
	Actor     string
	ActorName string // as it was then, empty if the actor is no user
	Action    string // created, updated, deleted, revoked, switched_off, resent, tested, checked, erased, signed_in, signed_out, sign_in_failed, entered, accepted, downloaded
	Entity    string // site, integration, source, token, account, delivery, pool, number, unread_message, attribution, currency_rates, person, retention, user, invitation, reset, sign_in, alerts, alert
	EntityID  string
	Changes   map[string]Change `gorm:"serializer:json"`
	RequestID string
	CreatedAt time.Time
}

// ActionSwitchedOff is the action of the service itself on an integration whose
// deliveries keep failing. The reason is in the changes.
const ActionSwitchedOff = "switched_off"

// Change is the value of a field before and after a change.
type Change struct {
	From any `json:"from,omitempty"`
	To   any `json:"to,omitempty"`
}

// credentialSet and CredentialChanged stand in the audit trail instead of a credential,
// whose value is never there (G8).
const (
	credentialSet     = "set"
	CredentialChanged = "changed"
)

// ByOperator is the actor of what the operator does: in place of a token's id.
const ByOperator = "admin"

// ByRingback is the actor of changes that the service itself makes.
const ByRingback = "ringback"

// Filter selects audit entries. Empty fields select all.
type Filter struct {
	SiteID   string
	Entity   string // site, integration, source, token, account, delivery, pool, number, unread_message, attribution, currency_rates, person, retention, user, invitation, reset, sign_in, alerts, alert
	EntityID string
}

// TableName returns the name of the table of entries.
func (Entry) TableName() string { return "audit_entries" }

// Trail is the audit trail as people read it.
type Trail struct{ db *database.DB }

// New returns the audit trail of a database.
func New(db *database.DB) *Trail { return &Trail{db} }

// Audit lists the changes of an account's settings, newest first.
func (t *Trail) Audit(ctx context.Context, accountID string, f Filter, page database.Page) ([]Entry, string, error) {
	query := t.db.Read(ctx).Where("account_id = ?", accountID)
	query = database.WhereSet(query, "site_id = ?", f.SiteID)
	query = database.WhereSet(query, "entity = ?", f.Entity)
	query = database.WhereSet(query, "entity_id = ?", f.EntityID)
	entries, next, err := database.PageByID(query, page, func(e Entry) string { return e.ID })
	return entries, next, t.db.WrapErr("listing the audit trail", err)
}

// RecordDownload stores that an actor downloaded a list of a site, with its filter.
func (t *Trail) RecordDownload(ctx context.Context, actor Actor, siteID, list, filter string) error {
	return t.db.Tx(ctx, "recording a download", func(tx *gorm.DB) error {
		of := Target{AccountID: actor.AccountID, SiteID: siteID, Entity: "site", ID: siteID}
		return Record(tx, actor, "downloaded", of, map[string]Change{list: {To: filter}})
	})
}

// Target is what a change was made to.
type Target struct {
	AccountID string
	SiteID    string // empty if it belongs to no site
	Entity    string // as in Entry
	ID        string
}

// Record stores a change in the audit trail.
func Record(tx *gorm.DB, actor Actor, action string, of Target, changes map[string]Change) error {
	return tx.Create(&Entry{
		ID: ids.New(ids.Audit), AccountID: of.AccountID, SiteID: of.SiteID,
		Actor: actor.TokenID, ActorName: actor.Name, Action: action, Entity: of.Entity, EntityID: of.ID,
		Changes: changes, RequestID: actor.RequestID,
	}).Error
}

// EncodeFields returns fields as the JSON that the audit trail stores, which a later
// change in place cannot alter.
func EncodeFields(fields map[string]any) map[string]json.RawMessage {
	texts := make(map[string]json.RawMessage, len(fields))
	for name, value := range fields {
		text, err := json.Marshal(value)
		if err == nil && string(text) != "null" {
			texts[name] = text
		}
	}
	return texts
}

// DiffFields returns the fields that have changed.
func DiffFields(before, after map[string]json.RawMessage) map[string]Change {
	changes := map[string]Change{}
	for name, to := range after {
		from, had := before[name]
		switch {
		case !had:
			changes[name] = Change{To: to}
		case !bytes.Equal(from, to):
			changes[name] = Change{From: from, To: to}
		}
	}
	for name, from := range before {
		if _, has := after[name]; !has {
			changes[name] = Change{From: from}
		}
	}
	return changes
}

// DiffCredentials adds which credentials were set, changed or removed, without their
// values.
func DiffCredentials(changes map[string]Change, before, after map[string]string) {
	for name, value := range after {
		old, had := before[name]
		switch {
		case !had:
			changes["credentials."+name] = Change{To: credentialSet}
		case old != value:
			changes["credentials."+name] = Change{From: credentialSet, To: CredentialChanged}
		}
	}
	for name := range before {
		if _, has := after[name]; !has {
			changes["credentials."+name] = Change{From: credentialSet}
		}
	}
}
