package journeys

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/models/journeys/graph"
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
	of, err := graph.SourceOf(tx, siteID, plans[0].limits)
	if err != nil {
		return nil, err
	}
	var starts []graph.Node
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
		if n := m.node(); n.Finds() {
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

// markOthersOf marks what else people have rows of that do not belong to the group: they
// belonged to it before, and the positions there may change. Those that belong to them no
// longer mark the others again. Most others of a crowd are left out, and stay.
func (p plan) markOthersOf(tx *gorm.DB, g *graph.Group, people []string) error {
	if len(people) == 0 || g.IsPart() {
		return nil
	}
	var holders []string
	err := tx.Model(&Touchpoint{}).
		Where("site_id = ? AND generation = ? AND person_id IN ? AND holder NOT IN ?", p.SiteID, p.Number, people, holdersOf(g)).
		Limit(p.limits.Nodes).Pluck("holder", &holders).Error
	slices.Sort(holders)
	if err != nil {
		return fmt.Errorf("finding what else people did: %w", err)
	}
	return AddMarks(tx, p.SiteID, marksOf(slices.Compact(holders))...)
}
