package alerting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/alerts"
	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/models/notices"
)

// job names what one process does at a time.
const job = "alerts"

// Webhook is the channel of messages to the webhook of an account. Their content is built
// by Words.Body.
const Webhook notices.Channel = "webhook"

// BodyOf is the name of a webhook's message in the content of its notice.
const BodyOf = "body"

// Words writes messages.
type Words interface {
	// Mail writes what has begun and ended in an account.
	Mail(language string, changed []Incident) (subject, text string)
	// Body writes the message to a webhook about an incident that began or ended.
	Body(language string, changed Incident) string
}

// WatchAlerts begins and ends incidents by what is stored now, and stores messages about
// them. Of several processes one does so at a time. Mine is false if another one does.
func (w *Watch) WatchAlerts(ctx context.Context, words Words) (mine bool, err error) {
	return w.db.PieceTx(ctx, "looking for what needs a person", job, func(tx *gorm.DB) error {
		present, err := w.detect(tx)
		if err != nil {
			return err
		}
		return w.observe(tx, present, words)
	})
}

// observe begins and ends incidents by the conditions that are present.
func (w *Watch) observe(tx *gorm.DB, present []alerts.Condition, words Words) error {
	now := w.db.Now()
	var open []Incident
	if err := database.Locked(tx).Where("ended_at IS NULL").Order("id").Find(&open).Error; err != nil {
		return err
	}
	bySubject := map[alerts.Subject]Incident{}
	subjects := make([]alerts.Subject, len(open))
	for i, incident := range open {
		subjects[i] = incident.Condition().Subject
		bySubject[subjects[i]] = incident
	}
	begin, end := alerts.Compare(subjects, present)
	changed := map[string][]Incident{}
	for _, s := range end {
		ended := bySubject[s]
		ended.EndedAt = &now
		if err := tx.Model(&ended).UpdateColumn("ended_at", now).Error; err != nil {
			return err
		}
		if ended.Sent {
			changed[s.AccountID] = append(changed[s.AccountID], ended)
		}
	}
	if err := w.begin(tx, begin, now, changed); err != nil {
		return err
	}
	if err := tell(tx, changed, words); err != nil {
		return err
	}
	return tx.Where("ended_at < ? AND (muted_until IS NULL OR muted_until <= ?)", now.Add(-keptFor), now).Delete(&Incident{}).Error
}

// begin stores incidents, and adds those of which messages are sent.
func (w *Watch) begin(tx *gorm.DB, conditions []alerts.Condition, now time.Time, changed map[string][]Incident) error {
	silenced, err := muted(tx, now)
	if err != nil {
		return err
	}
	for _, c := range conditions {
		settings, err := settingsOf(tx, c.AccountID)
		if err != nil {
			return err
		}
		incident := Incident{
			ID: ids.New(ids.Alert), AccountID: c.AccountID, SiteID: c.SiteID, Kind: c.Kind, Subject: c.ID, Name: c.Name, Site: c.Site,
			Count: c.Count, Bound: c.Limit, Since: c.Since, BeganAt: now,
			Sent: settings.reaches() && !silenced[c.Subject] && !slices.Contains(settings.MutedKinds, c.Kind),
		}
		if err := tx.Create(&incident).Error; err != nil {
			return fmt.Errorf("storing an incident: %w", err)
		}
		if incident.Sent {
			changed[c.AccountID] = append(changed[c.AccountID], incident)
		}
	}
	return nil
}

// reaches reports whether alerts are sent to anybody.
func (s Settings) reaches() bool { return len(s.Emails) > 0 || s.WebhookURL != "" }

// tell stores the messages about what has changed in accounts: one e-mail to each address,
// and one message to the webhook about each incident.
func tell(tx *gorm.DB, changed map[string][]Incident, words Words) error {
	for account, incidents := range changed {
		settings, err := settingsOf(tx, account)
		if err != nil {
			return err
		}
		subject, text := words.Mail(settings.Language, incidents)
		for _, address := range settings.Emails {
			n := notices.MailTo(address, subject, text)
			n.AccountID, n.Thread = account, thread(account, address)
			if err := notices.Add(tx, n); err != nil {
				return err
			}
		}
		for _, i := range incidents {
			if settings.WebhookURL == "" {
				break
			}
			n := notices.Notice{AccountID: account, Channel: Webhook, Thread: thread(account, i.Subject+"/"+string(i.Kind)+"/"+i.SiteID), Content: map[string]string{BodyOf: words.Body(settings.Language, i)}}
			if err := notices.Add(tx, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// thread names the messages of an account that follow each other, without the address that
// they go to.
func thread(account, of string) string {
	sum := sha256.Sum256([]byte(of))
	return account + "/" + hex.EncodeToString(sum[:8])
}
