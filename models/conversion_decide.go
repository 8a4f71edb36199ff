package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/models/figures"
	"ringback/models/judged"
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

// DecisionSet is what was decided of a conversion at one moment.
type DecisionSet struct {
	ConversionID string
	Moment       conversion.Moment
	Final        bool  // it has every open decision; what is reported later is late
	JudgedSeq    int64 // Case.LastSeq of what was judged; zero if that is not to be checked
	Decisions    []Decision
	Deliveries   []Delivery
	Facts        *judged.Facts // nil if they are not to be kept
	Unique       *bool         // nil if it is not known, as the next two
	Target       *bool         // with Final, as the next one
	UniqueTarget *bool
	Incomplete   bool
}

// StandingDecisions are the decisions of a conversion that are stored.
type StandingDecisions struct {
	Decisions  []Decision
	Deliveries []Delivery // those of the decisions, without resends
}

// SaveDecisions stores decisions and their deliveries, and returns all that are
// stored. A decision that is already stored is kept instead of a new one for the same
// integration, so repeating it is safe (G2). The conversion is locked: an event is
// either among those that were judged, or late. If an event was accepted since the
// conversion was judged, nothing is stored and the error is fault.Conflict: the
// conversion has to be judged again (G5).
func (s *Store) SaveDecisions(ctx context.Context, d DecisionSet) (StandingDecisions, error) {
	var outcome StandingDecisions
	err := s.db.Tx(ctx, "storing decisions", func(tx *gorm.DB) error {
		var c Conversion
		if err := database.Locked(tx).Where("id = ?", d.ConversionID).Take(&c).Error; err != nil {
			return database.NotFoundAs("no_such_conversion", err)
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
	if err := figures.Mark(tx, c.SiteID, c.ID); err != nil {
		return err
	}
	if d.Facts != nil && (d.Final || len(decisions) > 0) {
		if err := judged.Keep(tx, *d.Facts); err != nil {
			return err
		}
	}
	if !d.Final {
		return keepUnique(tx, c, d)
	}
	return tx.Model(&Conversion{}).Where("id = ?", c.ID).Updates(map[string]any{
		"state": StateDispatching, "decided_at": s.db.Now(), "incomplete": d.Incomplete,
		"is_unique": d.Unique, "is_target": d.Target, "is_unique_target": d.UniqueTarget,
	}).Error
}

// keepUnique stores that a call under way counts as unique for an integration, so that
// one which started earlier and is reported later is not counted too.
func keepUnique(tx *gorm.DB, c Conversion, d DecisionSet) error {
	if !isTrue(d.Unique) {
		return nil
	}
	return tx.Model(&Conversion{}).Where("id = ?", c.ID).Update("is_unique", true).Error
}

// requireAllJudged returns fault.Conflict if an event was accepted after those that
// were judged.
func requireAllJudged(tx *gorm.DB, d DecisionSet) error {
	if d.JudgedSeq == 0 {
		return nil
	}
	var unseen int64
	err := tx.Model(&EventRow{}).Where("conversion_id = ? AND seq > ?", d.ConversionID, d.JudgedSeq).Count(&unseen).Error
	if err == nil && unseen > 0 {
		return fault.New(fault.Conflict, "newer_events").Counting(int(unseen))
	}
	return err
}

// undecided returns the decisions for integrations that have none yet, with their
// deliveries.
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
