package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/models/deliveries"
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
	Deliveries   []deliveries.Delivery
	Standing     StandingDecisions // of what was judged; read again if there are more by now
	Facts        *judged.Facts     // nil if they are not to be kept
	Case         Case              // what was judged; needed with Earlier if the conversion counts as unique, or as a unique target call
	Earlier      conversion.Earlier
	Unique       *bool // nil if it is not known, as the next two
	Target       *bool // with Final, as the next one
	UniqueTarget *bool
	Incomplete   bool
}

// StandingDecisions are the decisions of a conversion that are stored.
type StandingDecisions struct {
	Decisions  []Decision
	Deliveries []deliveries.Delivery // those of the decisions, without resends
	Done       bool                  // the conversion was recorded as done with them
}

// allEnded reports whether every delivery has its end state.
func (s StandingDecisions) allEnded() bool {
	return !slices.ContainsFunc(s.Deliveries, func(d deliveries.Delivery) bool { return !d.State.Final() })
}

// SaveDecisions stores decisions and their deliveries, and returns all that are
// stored. A decision that is already stored is kept instead of a new one for the same
// integration, so repeating it is safe (G2). The conversion is locked: an event is
// either among those that were judged, or late. If an event was accepted since the
// conversion was judged, nothing is stored and the error is fault.Conflict: the
// conversion has to be judged again (G5). Likewise if it is to count as unique, and another
// one of the person that makes a difference was accepted or decided since (R5).
func (s *Store) SaveDecisions(ctx context.Context, d DecisionSet) (StandingDecisions, error) {
	var standing StandingDecisions
	if d.empty() {
		standing, err := standingDecisions(s.db.Read(ctx), d.ConversionID)
		return standing, s.db.WrapErr("reading decisions", err)
	}
	err := s.db.Tx(ctx, "storing decisions", func(tx *gorm.DB) error {
		c, open, err := s.openForDecisions(tx, d)
		if err != nil {
			return err
		}
		if !open {
			standing, err = standingDecisions(tx, d.ConversionID)
			return err
		}
		standing, err = s.decide(tx, c, d)
		return err
	})
	return standing, err
}

// empty reports whether the set has nothing to store.
func (d DecisionSet) empty() bool { return !d.Final && len(d.Decisions) == 0 }

// counts reports whether the conversion is to count as unique or as a unique target call.
func (d DecisionSet) counts() bool { return isTrue(d.Unique) || isTrue(d.UniqueTarget) }

// ofOnePerson is SQL of the name of the turn in which conversions of one person are stored as
// unique, by columns of the conversion.
const ofOnePerson = "'unique/' || site_id || '/' || kind || '/' || person"

// openForDecisions locks a conversion and reports whether it is not decided yet. Final
// decisions lock it by making it decided, and others by making it unique if it counts as that
// before its end; if they are not stored after all, neither is that. Conversions of one
// person that count take turns.
func (s *Store) openForDecisions(tx *gorm.DB, d DecisionSet) (c Conversion, open bool, err error) {
	if changed := s.changed(d); changed != nil {
		returned := database.Returning("id", "site_id")
		if d.counts() {
			returned = database.InTurn(tx, ofOnePerson, "id", "site_id")
		}
		change := tx.Model(&c).Clauses(returned).Where("id = ? AND decided_at IS NULL", d.ConversionID).Updates(changed)
		if change.Error != nil || change.RowsAffected > 0 {
			return c, true, change.Error
		}
	}
	err = database.Locked(tx).Select("id", "site_id", "decided_at").Where("id = ?", d.ConversionID).Take(&c).Error
	return c, c.DecidedAt == nil, database.NotFoundAs("no_such_conversion", err)
}

// changed returns what the set changes of the conversion itself, nil if nothing. A call under
// way that is unique for an integration is stored as such, so that one which started earlier
// and is reported later is not counted too.
func (s *Store) changed(d DecisionSet) map[string]any {
	switch {
	case d.Final:
		return map[string]any{
			"state": StateDispatching, "decided_at": s.db.Now(), "incomplete": d.Incomplete,
			"is_unique": d.Unique, "is_target": d.Target, "is_unique_target": d.UniqueTarget,
		}
	case isTrue(d.Unique):
		return map[string]any{"is_unique": true}
	default:
		return nil
	}
}

// decide stores what is new of the decisions of a locked conversion, and returns all of its
// decisions. A conversion of which nothing is left to do is done.
func (s *Store) decide(tx *gorm.DB, c Conversion, d DecisionSet) (StandingDecisions, error) {
	standing, err := standingIfAllJudged(tx, d)
	if err != nil {
		return standing, err
	}
	decisions, sends := undecided(d, standing)
	var changes []database.Change
	if len(decisions) > 0 {
		changes = append(changes, database.InsertAll(decisions))
	}
	if len(sends) > 0 {
		changes = append(changes, database.InsertAll(sends))
	}
	if d.Facts != nil && (d.Final || len(decisions) > 0) {
		changes = append(changes, judged.Keeping(*d.Facts))
	}
	if standing.Done = d.Final && len(sends) == 0 && standing.allEnded(); standing.Done {
		changes = append(changes, s.finishing(c.ID))
	}
	if err := database.Together(tx, append(changes, figures.Marking(c.SiteID, c.ID))...); err != nil {
		return standing, fmt.Errorf("inserting decisions: %w", err)
	}
	standing.Decisions, standing.Deliveries = slices.Concat(standing.Decisions, decisions), slices.Concat(standing.Deliveries, sends)
	return standing, nil
}

// standingIfAllJudged returns the decisions of a locked conversion that are stored, or
// fault.Conflict if an event was accepted after those that were judged, or if it counts
// as unique and another one of the person has come before it. It is a statement of
// its own after the one that locks: in the same one, PostgreSQL would count the events as
// they were before it waited for the lock.
func standingIfAllJudged(tx *gorm.DB, d DecisionSet) (StandingDecisions, error) {
	var counted struct{ Unseen, Decided, Overtaking int }
	query := database.Q("SELECT (SELECT COUNT(*) FROM events WHERE conversion_id = ? AND seq > ?) AS unseen", d.ConversionID, d.JudgedSeq).
		And(", (SELECT COUNT(*) FROM decisions WHERE conversion_id = ?) AS decided", d.ConversionID)
	if d.counts() && d.Case.Conversion.Person != "" {
		others := d.Case.overtaking(d.Earlier)
		query = query.And(", "+others.Text+" AS overtaking", others.Values...)
	}
	err := query.Scan(tx, &counted)
	switch {
	case err != nil:
		return StandingDecisions{}, fmt.Errorf("looking for what was not judged: %w", err)
	case d.JudgedSeq > 0 && counted.Unseen > 0:
		return StandingDecisions{}, fault.New(fault.Conflict, "newer_events").Counting(counted.Unseen)
	case counted.Overtaking > 0:
		return StandingDecisions{}, fault.New(fault.Conflict, "counted_meanwhile")
	case counted.Decided == len(d.Standing.Decisions):
		return d.Standing, nil
	}
	return standingDecisions(tx, d.ConversionID)
}

// undecided returns the decisions for integrations that have none yet, with their
// deliveries.
func undecided(d DecisionSet, standing StandingDecisions) (decisions []Decision, sends []deliveries.Delivery) {
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
			sends = append(sends, delivery)
		}
	}
	return decisions, sends
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
	return s.db.WrapErr("finishing a conversion", s.finishing(id)(s.db.Write(ctx)).Error)
}

// finishing returns the change that records that a conversion is done, and whether no integration
// was sent it.
func (s *Store) finishing(id string) database.Change {
	return func(tx *gorm.DB) *gorm.DB {
		return tx.Model(&Conversion{}).Where("id = ? AND state <> ?", id, StateDone).Updates(map[string]any{
			"state": StateDone, "done_at": s.db.Now(),
			"unsent": gorm.Expr("CASE WHEN EXISTS (SELECT 1 FROM deliveries AS sent WHERE sent.conversion_id = conversions.id) THEN NULL ELSE true END"),
		})
	}
}
