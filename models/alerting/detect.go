package alerting

import (
	"time"

	"gorm.io/gorm"

	"ringback/alerts"
	"ringback/internal/delivery"
	"ringback/internal/sourcestatus"
	"ringback/models/quotas"
	"ringback/models/received"
)

// sources finds sources that need a person.
type sources interface {
	SilentIn(tx *gorm.DB, now time.Time) ([]received.Silent, error)
	WrongClocksIn(tx *gorm.DB, now time.Time) ([]received.WrongClock, error)
}

// limits finds limits of accounts that are nearly used up.
type limits interface {
	NearIn(tx *gorm.DB, now time.Time, share float64) ([]quotas.Near, error)
}

// found is a row of something that may need a person.
type found struct {
	AccountID, SiteID, Site, ID, Name string
	OpenSince                         *time.Time
	RanDryAt                          *time.Time
	Reason                            delivery.Reason `gorm:"serializer:reason"`
	Count                             int
}

func (f found) condition(kind alerts.Kind, since time.Time) alerts.Condition {
	return alerts.Condition{
		Subject: alerts.Subject{AccountID: f.AccountID, SiteID: f.SiteID, Kind: kind, ID: f.ID},
		Name:    f.Name, Site: f.Site, Since: since, Count: f.Count,
	}
}

// detect returns the conditions that are there now, of all accounts.
func (w *Watch) detect(tx *gorm.DB) ([]alerts.Condition, error) {
	now := w.db.Now()
	var all []alerts.Condition
	for _, find := range []func(*gorm.DB, time.Time) ([]alerts.Condition, error){
		breakers, failedDeliveries, emptyPools, unreadable, w.silent, w.wrongClocks, w.near,
	} {
		some, err := find(tx, now)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// live joins the sites that are not deleted.
func live(query *gorm.DB, of string) *gorm.DB {
	return query.Joins("JOIN sites AS s ON s.id = " + of + ".site_id AND s.deleted_at IS NULL")
}

// The beginnings of queries, and which integrations are switched on.
const (
	ofIntegration = "s.account_id, i.site_id, s.name AS site, i.id, i.name"
	ofSource      = "s.account_id, c.site_id, s.name AS site, c.source"
	isOn          = "i.enabled AND i.deleted_at IS NULL"
)

func breakers(tx *gorm.DB, now time.Time) ([]alerts.Condition, error) {
	var rows []found
	query := live(tx.Table("breakers AS b").Joins("JOIN integrations AS i ON i.id = b.integration_id"), "i")
	err := query.Select(ofIntegration+", b.open_since, b.reason").Where("b.state = ? AND b.open_since IS NOT NULL", delivery.BreakerOpen).Where(isOn).
		Order("i.id").Find(&rows).Error
	var all []alerts.Condition
	for _, r := range rows {
		switch {
		case r.Reason.Code == delivery.ReasonNotLetIn:
			all = append(all, r.condition(alerts.SignInNeeded, *r.OpenSince))
		case now.Sub(*r.OpenSince) >= alerts.BreakerAfter:
			all = append(all, r.condition(alerts.BreakerOpen, *r.OpenSince))
		}
	}
	return all, err
}

func failedDeliveries(tx *gorm.DB, now time.Time) ([]alerts.Condition, error) {
	var rows []found
	query := live(tx.Table("deliveries AS d").Joins("JOIN integrations AS i ON i.id = d.integration_id"), "i")
	err := query.Select(ofIntegration+", count(*) AS count").Where("d.state = 'failed' AND d.finished_at >= ? AND i.deleted_at IS NULL", now.Add(-alerts.Recent)).
		Group("s.account_id, i.site_id, s.name, i.id, i.name").Order("i.id").Find(&rows).Error
	return conditions(rows, alerts.DeliveriesFailed, now), err
}

func emptyPools(tx *gorm.DB, now time.Time) ([]alerts.Condition, error) {
	var rows []found
	err := live(tx.Table("pools AS p"), "p").Select("s.account_id, p.site_id, s.name AS site, p.id, p.name").
		Where("p.enabled AND p.deleted_at IS NULL AND p.ran_dry_at >= ?", now.Add(-alerts.Recent)).Order("p.id").Find(&rows).Error
	return conditions(rows, alerts.PoolExhausted, now), err
}

func conditions(rows []found, kind alerts.Kind, since time.Time) []alerts.Condition {
	all := make([]alerts.Condition, len(rows))
	for i, r := range rows {
		all[i] = r.condition(kind, since)
	}
	return all
}

// sealedIntegration and sealedSource are rows whose credentials may be unreadable.
type sealedIntegration struct {
	ID                            string `gorm:"primaryKey"`
	AccountID, SiteID, Site, Name string
	Credentials                   map[string]string `gorm:"serializer:sealed"`
	unreadable                    bool
}

type sealedSource struct {
	SiteID          string `gorm:"primaryKey"`
	Source          string `gorm:"primaryKey"`
	AccountID, Site string
	Credentials     map[string]string `gorm:"serializer:sealed"`
	unreadable      bool
}

// TableName returns the name of the table.
func (sealedIntegration) TableName() string { return "integrations" }

// TableName returns the name of the table.
func (sealedSource) TableName() string { return "site_sources" }

// MarkUnreadable records that no key opens the credentials.
func (s *sealedIntegration) MarkUnreadable(string) { s.unreadable = true }

// MarkUnreadable records that no key opens the credentials.
func (s *sealedSource) MarkUnreadable(string) { s.unreadable = true }

// unreadable finds integrations and sources whose credentials no key opens. The key columns
// are read before the credentials, because they are needed to open these.
func unreadable(tx *gorm.DB, now time.Time) ([]alerts.Condition, error) {
	var integrations []sealedIntegration
	err := live(tx.Table("integrations AS i"), "i").Select(ofIntegration + ", i.credentials").Where("i.credentials IS NOT NULL").Where(isOn).
		Order("i.id").Find(&integrations).Error
	if err != nil {
		return nil, err
	}
	var sources []sealedSource
	err = live(tx.Table("site_sources AS c"), "c").Select(ofSource + ", c.credentials").Where("c.enabled AND c.credentials IS NOT NULL").
		Order("c.site_id, c.source").Find(&sources).Error
	var rows []found
	for _, i := range integrations {
		if i.unreadable {
			rows = append(rows, found{AccountID: i.AccountID, SiteID: i.SiteID, Site: i.Site, ID: i.ID, Name: i.Name})
		}
	}
	for _, c := range sources {
		if c.unreadable {
			rows = append(rows, found{AccountID: c.AccountID, SiteID: c.SiteID, Site: c.Site, ID: c.Source, Name: c.Source})
		}
	}
	return conditions(rows, alerts.CredentialsUnreadable, now), err
}

func (w *Watch) silent(tx *gorm.DB, now time.Time) ([]alerts.Condition, error) {
	silent, err := w.sources.SilentIn(tx, now)
	all := make([]alerts.Condition, len(silent))
	for i, s := range silent {
		all[i] = found{AccountID: s.AccountID, SiteID: s.SiteID, Site: s.Site, ID: s.Source, Name: s.Source}.condition(alerts.SourceSilent, s.LastMessageAt)
	}
	return all, err
}

func (w *Watch) wrongClocks(tx *gorm.DB, now time.Time) ([]alerts.Condition, error) {
	wrong, err := w.sources.WrongClocksIn(tx, now)
	all := make([]alerts.Condition, len(wrong))
	for i, c := range wrong {
		kind := alerts.SourceClockFast
		if c.Code == sourcestatus.ClockSlow {
			kind = alerts.SourceClockSlow
		}
		all[i] = found{AccountID: c.AccountID, SiteID: c.SiteID, Site: c.Site, ID: c.Source, Name: c.Source, Count: c.Seconds}.condition(kind, c.Measured)
	}
	return all, err
}

func (w *Watch) near(tx *gorm.DB, now time.Time) ([]alerts.Condition, error) {
	near, err := w.limits.NearIn(tx, now, alerts.NearShare)
	if err != nil {
		return nil, err
	}
	all := make([]alerts.Condition, len(near))
	for i, n := range near {
		all[i] = alerts.Condition{
			Subject: alerts.Subject{AccountID: n.AccountID, SiteID: n.SiteID, Kind: alerts.QuotaNear, ID: string(n.Name)},
			Name:    string(n.Name), Since: now, Count: n.Count, Limit: n.Limit, Site: n.Site,
		}
	}
	return all, nil
}
