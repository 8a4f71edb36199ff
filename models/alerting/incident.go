package alerting

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/alerts"
	"ringback/models/audit"
	"ringback/models/database"
)

// keptFor is how long incidents are kept after their end. Those that are muted for longer
// are kept until then.
const keptFor = 90 * 24 * time.Hour

// Incident is a condition that needs a person, from its beginning to its end.
type Incident struct {
	ID         string `gorm:"primaryKey"`
	AccountID  string
	SiteID     string
	Kind       alerts.Kind
	Subject    string // as in alerts.Subject
	Name       string
	Site       string
	Count      int
	Bound      int
	Since      time.Time // since when the condition has been there
	BeganAt    time.Time // when it was noticed
	EndedAt    *time.Time
	Sent       bool       // messages about the beginning were stored, so the end is sent too
	MutedUntil *time.Time // until when nothing is sent about this subject
}

// TableName returns the name of the table.
func (Incident) TableName() string { return "incidents" }

// Condition returns what the incident is about, as it was when it began.
func (i Incident) Condition() alerts.Condition {
	return alerts.Condition{
		Subject: alerts.Subject{AccountID: i.AccountID, SiteID: i.SiteID, Kind: i.Kind, ID: i.Subject},
		Name:    i.Name, Site: i.Site, Since: i.Since, Count: i.Count, Limit: i.Bound,
	}
}

// Filter selects incidents of an account.
type Filter struct {
	SiteID string // empty for all
	Open   bool   // only those that have not ended
}

// Alerts lists the incidents of an account, newest first.
func (w *Watch) Alerts(ctx context.Context, accountID string, f Filter, page database.Page) ([]Incident, string, error) {
	query := database.WhereSet(w.db.Read(ctx).Where("account_id = ?", accountID), "site_id = ?", f.SiteID)
	if f.Open {
		query = query.Where("ended_at IS NULL")
	}
	incidents, next, err := database.PageByID(query, page, func(i Incident) string { return i.ID })
	return incidents, next, w.db.WrapErr("listing alerts", err)
}

// MuteAlert sets until when nothing is sent about what an incident of the actor's account
// is about, also about later incidents. Nil ends that. The end of an incident whose
// beginning was sent is sent in any case.
func (w *Watch) MuteAlert(ctx context.Context, actor audit.Actor, id string, until *time.Time) (Incident, error) {
	var incident Incident
	err := w.db.Tx(ctx, "muting an alert", func(tx *gorm.DB) error {
		if err := database.Locked(tx).Where("account_id = ? AND id = ?", actor.AccountID, id).Take(&incident).Error; err != nil {
			return database.NotFoundAs("no_such_alert", err)
		}
		same := tx.Model(&Incident{}).Where("account_id = ? AND kind = ? AND site_id = ? AND subject = ?", incident.AccountID, incident.Kind, incident.SiteID, incident.Subject)
		if err := same.UpdateColumn("muted_until", nil).Error; err != nil {
			return err
		}
		before := incident.MutedUntil
		if err := tx.Model(&incident).UpdateColumn("muted_until", until).Error; err != nil {
			return err
		}
		incident.MutedUntil = until
		change := audit.Change{From: text(before), To: text(until)}
		return audit.Record(tx, actor, "updated", audit.Target{AccountID: actor.AccountID, SiteID: incident.SiteID, Entity: "alert", ID: id},
			map[string]audit.Change{"muted_until": change})
	})
	return incident, err
}

// text returns a time as the audit trail has it, nil if there is none.
func text(at *time.Time) any {
	if at == nil {
		return nil
	}
	return at.UTC().Format(time.RFC3339)
}

// muted returns the subjects about which nothing is sent now.
func muted(tx *gorm.DB, now time.Time) (map[alerts.Subject]bool, error) {
	var rows []Incident
	err := tx.Where("muted_until > ?", now).Find(&rows).Error
	subjects := map[alerts.Subject]bool{}
	for _, i := range rows {
		subjects[i.Condition().Subject] = true
	}
	return subjects, err
}
