package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/database"
	"ringback/visits"
)

// Case is all that is stored of a conversion and of the integrations that may get it.
type Case struct {
	Conversion   Conversion
	Site         Site
	Events       []EventRow    // in order of acceptance, late ones included, without the raw bodies
	Integrations []Integration // the site's, switched-off ones included
	Decisions    []Decision
	Source       *SiteSource // nil if the site has no settings for the source
	// Session is the visitor's session on the web site, nil if the conversion belongs to
	// none that is known.
	Session *Session
	// VisitorIDs are third parties' ids of the session's visitor: those seen during the
	// session, and the latest of other systems.
	VisitorIDs map[string]string
	// PersonIDs are third parties' ids of the same person, for each system that of the
	// newest visit up to the conversion. They are not read once all is decided.
	PersonIDs map[string]string
}

// LastSeq returns the number of the last event of the case, for DecisionSet.JudgedSeq.
func (c Case) LastSeq() int64 {
	if len(c.Events) == 0 {
		return 0
	}
	return c.Events[len(c.Events)-1].Seq
}

// Case returns the case of a conversion as it was at one moment: a conversion without
// the facts of its last event would be judged wrongly.
func (s *Store) Case(ctx context.Context, conversionID string) (c Case, err error) {
	err = s.db.ReadTx(ctx, "reading the case of a conversion", func(tx *gorm.DB) (err error) {
		c, err = readCase(tx, conversionID)
		return err
	})
	return c, err
}

func readCase(db *gorm.DB, conversionID string) (c Case, err error) {
	if err := db.Where("id = ?", conversionID).Take(&c.Conversion).Error; err != nil {
		return c, database.NotFoundAs("conversion", err)
	}
	site := c.Conversion.SiteID
	if err := db.Where("id = ?", site).Take(&c.Site).Error; err != nil {
		return c, fmt.Errorf("reading its site: %w", err)
	}
	if err := db.Omit("raw").Where("conversion_id = ?", conversionID).Order("seq").Find(&c.Events).Error; err != nil {
		return c, fmt.Errorf("reading its events: %w", err)
	}
	if err := db.Where("site_id = ? AND deleted_at IS NULL", site).Order("id").Find(&c.Integrations).Error; err != nil {
		return c, fmt.Errorf("reading its site's integrations: %w", err)
	}
	if err := db.Where("conversion_id = ?", conversionID).Order("id").Find(&c.Decisions).Error; err != nil {
		return c, fmt.Errorf("reading its decisions: %w", err)
	}
	var sources []SiteSource
	err = db.Where("site_id = ? AND source = ?", site, c.Conversion.Source).Limit(1).Find(&sources).Error
	if err != nil {
		return c, fmt.Errorf("reading its source: %w", err)
	}
	if len(sources) > 0 {
		c.Source = &sources[0]
	}
	if err := c.readSession(db); err != nil {
		return c, err
	}
	return c, c.readPerson(db)
}

// readSession adds the session that the conversion belongs to, and third parties' ids
// of its visitor: those of the session, or else the present ones.
func (c *Case) readSession(db *gorm.DB) (err error) {
	c.Session, err = sessionNamed(db, c.Site.ID, c.Conversion.SessionID)
	if err != nil || c.Session == nil {
		return err
	}
	latest, err := latestIDs(db, c.Site.ID, c.Session.VisitorID)
	c.VisitorIDs = identity.FillVisitorIDs(c.Session.VisitorIDs, latest)
	return err
}

// readPerson adds third parties' ids of the person whose conversion it is, from the
// visits that attribution uses too.
func (c *Case) readPerson(db *gorm.DB) error {
	if c.Conversion.DecidedAt != nil {
		return nil
	}
	visitors, err := relatedVisitors(db, c.Conversion)
	if err != nil || len(visitors) == 0 {
		return err
	}
	var newestFirst []Session
	at := c.Conversion.At
	err = db.Select("visitor_ids").
		Where("site_id = ? AND visitor_id IN ? AND started_at <= ? AND started_at > ?", c.Site.ID, visitors, at, at.Add(-visits.HistoryReach)).
		Order("started_at DESC, id DESC").Limit(visits.MaxHistory).Find(&newestFirst).Error
	if err != nil {
		return fmt.Errorf("reading the person's visitor ids: %w", err)
	}
	for _, x := range newestFirst {
		c.PersonIDs = identity.FillVisitorIDs(c.PersonIDs, x.VisitorIDs)
	}
	return nil
}

// Earlier returns when the person last converted on the site before this conversion,
// by a conversion of the same kind. Of two at the same instant, the one with the
// smaller id is the earlier.
func (s *Store) Earlier(ctx context.Context, c Conversion) (conversion.Earlier, error) {
	var earlier conversion.Earlier
	if c.Person == "" {
		return earlier, nil
	}
	before := func() *gorm.DB {
		return s.db.Read(ctx).Select("at").
			Where("person = ? AND person <> '' AND site_id = ? AND kind = ?", c.Person, c.SiteID, c.Kind).
			Where("at < ? OR (at = ? AND id < ?)", c.At, c.At, c.ID).
			Order("at DESC").Limit(1)
	}
	var last, target []Conversion
	err := before().Find(&last).Error
	if err == nil && len(last) > 0 && c.Kind == conversion.KindCall {
		err = before().Where(wasTarget, true, conversion.OutcomeAnswered, s.targetSeconds(ctx, c.SiteID)).Find(&target).Error
	}
	if len(last) > 0 {
		earlier.LastAt = last[0].At
	}
	if len(target) > 0 {
		earlier.LastTargetAt = target[0].At
	}
	return earlier, s.db.WrapErr("looking for earlier conversions of the person", err)
}

// wasTarget uses the stored decision; while a call is undecided, the facts known so
// far.
const wasTarget = "is_target = ? OR (is_target IS NULL AND outcome = ? AND talk_seconds >= (?))"

func (s *Store) targetSeconds(ctx context.Context, siteID string) *gorm.DB {
	return s.db.Read(ctx).Model(&Site{}).Select("target_call_seconds").Where("id = ?", siteID)
}
