package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/visits"
)

// Decision is a stored decision.
type Decision struct {
	ID                 string `gorm:"primaryKey"`
	ConversionID       string
	SiteID             string
	IntegrationID      string
	IntegrationVersion int
	IntegrationType    string
	IntegrationName    string
	Verdict            conversion.Verdict
	Reason             conversion.Reason
	Moment             conversion.Moment
	Detail             conversion.Decision `gorm:"serializer:json"`
	CreatedAt          time.Time
}

// Case is all that is stored of a conversion and of who wants it.
type Case struct {
	Conversion   Conversion
	Site         Site
	Events       []EventRow    // in order of acceptance, late ones included, without the raw bodies
	Integrations []Integration // the site's, switched-off ones included
	Decisions    []Decision
	Source       *SiteSource // nil: the site has no settings for the source
	// Session is the visitor's session on the web site; nil: the conversion belongs to none that is known.
	Session *Session
	// VisitorIDs are third parties' ids of the session's visitor: those seen during
	// it, and of other systems the latest.
	VisitorIDs map[string]string
	// PersonIDs are third parties' ids of the same person, of each system that of
	// the newest visit up to the conversion. Not read once all is decided.
	PersonIDs map[string]string
}

// LastSeq returns the last event of the case, for Decided.SeenSeq.
func (c Case) LastSeq() int64 {
	if len(c.Events) == 0 {
		return 0
	}
	return c.Events[len(c.Events)-1].Seq
}

// Case reads the case of a conversion as it was at one moment: a conversion that
// lacks what its last event told would be judged wrongly.
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

// readSession adds the session that the conversion belongs to, and what third
// parties call its visitor: as they did during the session, else as they do now.
func (c *Case) readSession(db *gorm.DB) (err error) {
	c.Session, err = sessionNamed(db, c.Site.ID, c.Conversion.SessionID)
	if err != nil || c.Session == nil {
		return err
	}
	latest, err := latestIDs(db, c.Site.ID, c.Session.VisitorID)
	c.VisitorIDs = identity.FillVisitorIDs(c.Session.VisitorIDs, latest)
	return err
}

// readPerson adds what third parties call the person whose conversion it is, by
// the visits that attribution reads too.
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

// Earlier finds when the person last converted on the site before this
// conversion, by a conversion of the same kind. Of two at the same instant the
// one with the smaller id is the earlier.
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

// wasTarget goes by what was decided of a call, and as long as that is open by
// what is known of it.
const wasTarget = "is_target = ? OR (is_target IS NULL AND outcome = ? AND talk_seconds >= (?))"

func (s *Store) targetSeconds(ctx context.Context, siteID string) *gorm.DB {
	return s.db.Read(ctx).Model(&Site{}).Select("target_call_seconds").Where("id = ?", siteID)
}

// Decided is what was decided of a conversion at one moment.
type DecisionSet struct {
	ConversionID string
	Moment       conversion.Moment
	Final        bool  // every open decision is in here; what comes later is late
	JudgedSeq    int64 // Case.LastSeq of what was judged; 0: not checked
	Decisions    []Decision
	Deliveries   []Delivery
	Unique       *bool // with Final: what the conversion was found to be, nil: not known
	Target       *bool
	UniqueTarget *bool
	Incomplete   bool
}

// Outcome is what stands decided of a conversion.
type StandingDecisions struct {
	Decisions  []Decision
	Deliveries []Delivery // those of the decisions, no resends
}

// SaveDecisions stores decisions and the deliveries they become, and gives all
// that stand. A decision that is stored already wins over a new one for the same
// integration, so repeating it is safe (guarantee 2). It takes the conversion's
// lock: an event is either among what was judged or late. If an event came in
// since it was judged, nothing is stored and the answer is fault.Conflict:
// judge again (guarantee 5).
func (s *Store) SaveDecisions(ctx context.Context, d DecisionSet) (StandingDecisions, error) {
	var outcome StandingDecisions
	err := s.db.Tx(ctx, "storing decisions", func(tx *gorm.DB) error {
		var c Conversion
		if err := database.Locked(tx).Where("id = ?", d.ConversionID).Take(&c).Error; err != nil {
			return database.NotFoundAs("conversion", err)
		}
		if c.DecidedAt == nil {
			if err := s.decide(tx, c, d); err != nil {
				return err
			}
		}
		var err error
		outcome, err = standingDecisions(tx, c.ID)
		return err
	})
	return outcome, err
}

// decide stores what is new of the decisions of a locked conversion.
func (s *Store) decide(tx *gorm.DB, c Conversion, d DecisionSet) error {
	if err := requireAllJudged(tx, d); err != nil {
		return err
	}
	standing, err := standingDecisions(tx, c.ID)
	if err != nil {
		return err
	}
	decisions, deliveries := undecided(d, standing)
	if len(decisions) > 0 {
		if err := tx.Create(&decisions).Error; err != nil {
			return fmt.Errorf("inserting decisions: %w", err)
		}
	}
	if len(deliveries) > 0 {
		if err := tx.Create(&deliveries).Error; err != nil {
			return fmt.Errorf("inserting deliveries: %w", err)
		}
	}
	if !d.Final {
		return nil
	}
	return tx.Model(&Conversion{}).Where("id = ?", c.ID).Updates(map[string]any{
		"state": StateDispatching, "decided_at": s.db.Now(), "incomplete": d.Incomplete,
		"is_unique": d.Unique, "is_target": d.Target, "is_unique_target": d.UniqueTarget,
	}).Error
}

// nothingUnseen makes sure that no event was accepted after those that were judged.
func requireAllJudged(tx *gorm.DB, d DecisionSet) error {
	if d.JudgedSeq == 0 {
		return nil
	}
	var unseen int64
	err := tx.Model(&EventRow{}).Where("conversion_id = ? AND seq > ?", d.ConversionID, d.JudgedSeq).Count(&unseen).Error
	if err == nil && unseen > 0 {
		return fault.New(fault.Conflict, "the conversion has %d newer events than were judged; judge it again", unseen)
	}
	return err
}

// openOnes picks the decisions for integrations that have none, with their deliveries.
func undecided(d DecisionSet, standing StandingDecisions) (decisions []Decision, deliveries []Delivery) {
	decided := map[string]bool{}
	for _, old := range standing.Decisions {
		decided[old.IntegrationID] = true
	}
	stored := map[string]bool{}
	for _, decision := range d.Decisions {
		if !decided[decision.IntegrationID] {
			decided[decision.IntegrationID], stored[decision.ID] = true, true
			decisions = append(decisions, decision)
		}
	}
	for _, delivery := range d.Deliveries {
		if stored[delivery.DecisionID] {
			deliveries = append(deliveries, delivery)
		}
	}
	return decisions, deliveries
}

func standingDecisions(tx *gorm.DB, conversionID string) (o StandingDecisions, err error) {
	if err := tx.Where("conversion_id = ?", conversionID).Order("id").Find(&o.Decisions).Error; err != nil {
		return o, fmt.Errorf("reading decisions: %w", err)
	}
	err = tx.Where("conversion_id = ? AND n = 0", conversionID).Order("id").Find(&o.Deliveries).Error
	if err != nil {
		return o, fmt.Errorf("reading deliveries: %w", err)
	}
	return o, nil
}

// FinishConversion records that every delivery of a conversion has its end state.
func (s *Store) FinishConversion(ctx context.Context, id string) error {
	err := s.db.Write(ctx).Model(&Conversion{}).Where("id = ? AND state <> ?", id, StateDone).
		Updates(map[string]any{"state": StateDone, "done_at": s.db.Now()}).Error
	return s.db.WrapErr("finishing a conversion", err)
}
