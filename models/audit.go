package models

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/internal/ids"
	"ringback/models/database"
)

// Actor is who changes settings, for the audit trail.
type Actor struct {
	AccountID string
	TokenID   string // "admin" for RINGBACK_ADMIN_TOKEN, "ringback" for the service itself
	RequestID string
}

// AuditEntry is one change of settings. Secrets appear in it as "set" or "changed".
type AuditEntry struct {
	ID        string `gorm:"primaryKey"`
	AccountID string
	SiteID    string
	Actor     string
	Action    string // created, updated, deleted, revoked, switched_off, resent, tested, checked
	Entity    string // site, integration, source, token, account, delivery, pool, number, unread_message
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

// The words for a credential in the audit trail, instead of its value (G8).
const (
	credentialSet     = "set"
	credentialChanged = "changed"
)

// byRingback is the actor of changes that the service itself makes.
const byRingback = "ringback"

// AuditFilter selects audit entries. Empty fields select all.
type AuditFilter struct {
	SiteID   string
	Entity   string // site, integration, source, token, account, delivery, pool, number, unread_message
	EntityID string
}

// Audit lists the changes of an account's settings, newest first.
func (s *Store) Audit(ctx context.Context, accountID string, f AuditFilter, page Page) ([]AuditEntry, string, error) {
	query := s.db.Read(ctx).Where("account_id = ?", accountID)
	query = whereSet(query, "site_id = ?", f.SiteID)
	query = whereSet(query, "entity = ?", f.Entity)
	query = whereSet(query, "entity_id = ?", f.EntityID)
	entries, next, err := database.PageByID(query, page, func(e AuditEntry) string { return e.ID })
	return entries, next, s.db.WrapErr("listing the audit trail", err)
}

// whereSet adds a condition if its value is not empty.
func whereSet[T ~string](query *gorm.DB, condition string, value T) *gorm.DB {
	if value == "" {
		return query
	}
	return query.Where(condition, string(value))
}

// auditTarget is what a change was made to.
type auditTarget struct {
	accountID, siteID, entity, id string
}

// recordChange stores a change in the audit trail.
func recordChange(tx *gorm.DB, actor Actor, action string, of auditTarget, changes map[string]Change) error {
	return tx.Create(&AuditEntry{
		ID: ids.New(ids.Audit), AccountID: of.accountID, SiteID: of.siteID,
		Actor: actor.TokenID, Action: action, Entity: of.entity, EntityID: of.id,
		Changes: changes, RequestID: actor.RequestID,
	}).Error
}

// encodeFields returns fields as the JSON that the audit trail stores, which a later
// change in place cannot alter.
func encodeFields(fields map[string]any) map[string]json.RawMessage {
	texts := make(map[string]json.RawMessage, len(fields))
	for name, value := range fields {
		text, err := json.Marshal(value)
		if err == nil && string(text) != "null" {
			texts[name] = text
		}
	}
	return texts
}

// diffFields returns the fields that have changed.
func diffFields(before, after map[string]json.RawMessage) map[string]Change {
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

// diffCredentials adds which credentials were set, changed or removed, without their
// values.
func diffCredentials(changes map[string]Change, before, after map[string]string) {
	for name, value := range after {
		old, had := before[name]
		switch {
		case !had:
			changes["credentials."+name] = Change{To: credentialSet}
		case old != value:
			changes["credentials."+name] = Change{From: credentialSet, To: credentialChanged}
		}
	}
	for name := range before {
		if _, has := after[name]; !has {
			changes["credentials."+name] = Change{From: credentialSet}
		}
	}
}

// namesOf returns the names of the credentials that are set.
func namesOf(credentials map[string]string) []string {
	return slices.Sorted(maps.Keys(credentials))
}
