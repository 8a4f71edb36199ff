package journeys

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/database"
)

// marksAtOnce is how many marks of a site one transaction computes. On SQLite nothing else
// is written meanwhile.
const marksAtOnce = 20

// compute computes what some marks of a site concern. It reports whether it computed any:
// more may be left. If another process is computing the site, it does nothing.
func (j *Journeys) compute(ctx context.Context, siteID string) (computed bool, err error) {
	computed, err = j.computeMarked(ctx, siteID, marksAtOnce)
	if err != nil && concernsMarks(ctx, err) {
		return j.computeOneByOne(ctx, siteID)
	}
	return computed, err
}

// concernsMarks reports whether an error may be due to what is computed.
func concernsMarks(ctx context.Context, err error) bool {
	return fault.CodeOf(err) != fault.Unavailable && ctx.Err() == nil
}

// computeOneByOne computes the next marks one after the other, because computing them
// together has failed. One that fails alone is put off: it must not keep the others from
// being computed, nor the other sites.
func (j *Journeys) computeOneByOne(ctx context.Context, siteID string) (computed bool, err error) {
	for range marksAtOnce {
		more, err := j.computeMarked(ctx, siteID, 1)
		if err != nil && concernsMarks(ctx, err) {
			more, err = true, j.putOff(ctx, siteID, err)
		}
		if err != nil || !more {
			return computed, err
		}
		computed = true
	}
	return computed, nil
}

// putOff logs that the first mark of a site cannot be computed, and puts it off.
func (j *Journeys) putOff(ctx context.Context, siteID string, cause error) error {
	return j.db.Tx(ctx, "putting off a mark", func(tx *gorm.DB) error {
		first, err := database.First[Mark](dueMarks(tx, siteID))
		if err != nil || first == nil {
			return err
		}
		first.Failures++
		first.DueAt = new(tx.NowFunc().Add(retries.Delay(first.Failures)))
		tx.Logger.Error(tx.Statement.Context, "journey.not_computed", slog.String("site_id", siteID), slog.String("kind", string(first.Kind)),
			slog.Int64("mark", first.Seq), slog.Int("failures", first.Failures), slog.Any("error", cause))
		return tx.Select("failures", "due_at").Updates(first).Error
	})
}

// computeMarked computes what up to limit marks concern, in one transaction with removing
// them. It reports whether it computed something.
func (j *Journeys) computeMarked(ctx context.Context, siteID string, limit int) (computed bool, err error) {
	err = j.db.Tx(ctx, "computing journeys", func(tx *gorm.DB) error {
		plans, err := j.lockPlans(tx, siteID, database.LockedSkip)
		if err != nil || len(plans) == 0 {
			return err
		}
		var marks []Mark
		err = dueMarks(tx, siteID).Limit(limit).Find(&marks).Error
		if err != nil || len(marks) == 0 {
			return err
		}
		computed = true
		opportunities, err := computeMarks(tx, plans, siteID, marks)
		if err != nil {
			return err
		}
		if err := computeOpportunities(tx, plans, siteID, opportunities); err != nil {
			return err
		}
		return removeMarks(tx, marks)
	})
	return computed, err
}

// lockPlans locks the generations of a site and returns those that are serving or being
// built. A site without any gets the first one. One process computes a site at a time: if
// another one has the lock, lock decides whether it waits or leaves them out, and then there
// are none.
func (j *Journeys) lockPlans(tx *gorm.DB, siteID string, lock func(*gorm.DB) *gorm.DB) ([]plan, error) {
	generations, err := generationsOf(tx, siteID)
	if err != nil {
		return nil, err
	}
	if len(generations) == 0 {
		if err := firstGeneration(tx, siteID, j.db.Now()); err != nil {
			return nil, err
		}
	}
	generations, err = generationsOf(lock(tx), siteID)
	if err != nil || len(generations) == 0 || generations[0].State != Ready {
		return nil, err
	}
	// A generation whose row another transaction has locked is left out. Its figures would
	// never get what is computed now, because the marks are removed.
	all, err := generationsOf(tx, siteID)
	if err != nil || len(all) > len(generations) {
		return nil, err
	}
	var plans []plan
	for _, generation := range generations {
		if generation.State == Retired {
			continue
		}
		p, err := planOf(generation, j.limits)
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	return plans, nil
}

// computeMarks computes the touchpoints that marks concern by each plan, and returns the
// opportunities whose credit may change.
func computeMarks(tx *gorm.DB, plans []plan, siteID string, marks []Mark) (opportunities map[string]bool, err error) {
	of, err := sourceOf(tx, siteID, plans[0].limits)
	if err != nil {
		return nil, err
	}
	var starts []node
	opportunities = map[string]bool{}
	for _, m := range marks {
		switch m.Kind {
		case MarkSite:
			err = buildAnew(tx, siteID, nil, "")
		case MarkOpportunity:
			opportunities[m.Ref] = true
		case MarkAccount:
			err = addOpportunities(tx, opportunities, siteID, nil, []string{m.Ref})
		case MarkPerson:
			err = addOpportunities(tx, opportunities, siteID, []string{m.Ref}, nil)
		}
		if err != nil {
			return nil, err
		}
		if n := nodeOf(m.Kind, m.Ref); n.isFound() {
			starts = append(starts, n)
		}
	}
	return opportunities, computeGroups(tx, plans, of, starts, opportunities)
}

// computeOpportunities computes the credit of opportunities by each plan.
func computeOpportunities(tx *gorm.DB, plans []plan, siteID string, opportunities map[string]bool) error {
	for _, id := range slices.Sorted(maps.Keys(opportunities)) {
		if err := computeOpportunity(tx, plans, siteID, id); err != nil {
			return err
		}
	}
	return nil
}

// lockedGroup returns the group of some nodes. Visitors who were nobody so far are locked
// before what they did is read: a page view that is being stored meanwhile is read, and
// each one after it marks its visitor.
func (s source) lockedGroup(tx *gorm.DB, limit int, starts ...node) (*group, error) {
	for {
		g, err := s.group(tx, limit, starts...)
		if err != nil {
			return nil, err
		}
		if limit < s.limits.Nodes && g.isPart() {
			return g, nil // it is to be computed in another way
		}
		all := slices.Sorted(slices.Values(g.nodes.of(MarkVisitor)))
		if len(all) == 0 {
			return g, nil
		}
		var known []string
		err = tx.Table("journey_visitors").Where("site_id = ? AND visitor_id IN ?", s.siteID, all).Pluck("visitor_id", &known).Error
		if err != nil {
			return nil, fmt.Errorf("reading which visitors are somebody: %w", err)
		}
		var rows []visitorRow
		for _, id := range all {
			if !slices.Contains(known, id) {
				rows = append(rows, visitorRow{SiteID: s.siteID, VisitorID: id})
			}
		}
		if len(rows) == 0 {
			return g, nil
		}
		var locked []string
		err = database.Locked(tx).Table("visitors").Where("site_id = ? AND id IN ?", s.siteID, all).Order("id").Pluck("id", &locked).Error
		if err != nil {
			return nil, fmt.Errorf("locking visitors: %w", err)
		}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, writeBatch).Error; err != nil {
			return nil, fmt.Errorf("storing that visitors are somebody: %w", err)
		}
	}
}

// visitorRow is a visitor who is somebody.
type visitorRow struct {
	SiteID    string `gorm:"primaryKey"`
	VisitorID string `gorm:"primaryKey"`
}

// TableName returns the name of the table.
func (visitorRow) TableName() string { return "journey_visitors" }

// markOthersOf marks what else people have rows of that do not belong to the group: they
// belonged to it before, and the positions there may change. Those that belong to them no
// longer mark the others again. Most others of a crowd are left out, and stay.
func (p plan) markOthersOf(tx *gorm.DB, g *group, people []string) error {
	if len(people) == 0 || g.isPart() {
		return nil
	}
	var holders []string
	err := tx.Model(&Touchpoint{}).
		Where("site_id = ? AND generation = ? AND person_id IN ? AND holder NOT IN ?", p.SiteID, p.Number, people, g.holders()).
		Limit(g.limits.Nodes).Pluck("holder", &holders).Error
	slices.Sort(holders)
	if err != nil {
		return fmt.Errorf("finding what else people did: %w", err)
	}
	return AddMarks(tx, p.SiteID, marksOf(slices.Compact(holders))...)
}

// marksOf returns marks of what rows are computed with.
func marksOf(holders []string) []Mark {
	var marks []Mark
	for _, holder := range holders {
		n := node(holder)
		switch {
		case n.kind() == MarkVisitor:
			marks = append(marks, Mark{Kind: MarkVisitor, Ref: n.ref()})
		case ids.Is(n.ref(), ids.Conversion):
			marks = append(marks, Mark{Kind: MarkConversion, Ref: n.ref()})
		default:
			marks = append(marks, Mark{Kind: MarkTask, Ref: n.ref()})
		}
	}
	return marks
}
