package journeys

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/revenue"
	"ringback/touchpoints/attribution"
)

// buildBatch is how many things of a generation one transaction computes, and eraseBatch
// how many rows of one that is not shown any more it removes.
const (
	buildBatch = 20
	eraseBatch = 500
)

// buildStages are what is computed for a generation, in order: opportunities come last,
// because their credit is that of touchpoints. Each is a table and the column whose values
// are the nodes.
var buildStages = []struct {
	kind          MarkKind
	table, column string
}{
	{MarkConversion, "conversions", "id"},
	{MarkTask, "crm_tasks", "id"},
	{MarkPerson, "crm_people", "external_id"},
	{MarkOpportunity, "opportunities", "id"},
}

// firstGeneration stores the generation that a site has at first.
func firstGeneration(tx *gorm.DB, siteID string, now time.Time) error {
	zone, err := zoneOf(tx, siteID)
	if err != nil {
		return err
	}
	first := Generation{
		SiteID: siteID, Number: 1, State: Ready, Rules: attribution.Default(), TimeZone: zone, CreatedAt: now, ReadyAt: &now,
	}
	if _, err := database.InsertOnce(tx, &first); err != nil {
		return fmt.Errorf("storing the site's first rules: %w", err)
	}
	return nil
}

func zoneOf(tx *gorm.DB, siteID string) (string, error) {
	var zone string
	if err := tx.Table("sites").Select("time_zone").Where("id = ?", siteID).Take(&zone).Error; err != nil {
		return "", fmt.Errorf("reading the site's time zone: %w", err)
	}
	return zone, nil
}

// buildAnew begins a new generation of a site's figures, in place of one that is being
// built. Without rules it has those of the newest one.
func buildAnew(tx *gorm.DB, siteID string, rules *attribution.Rules, changedBy string) error {
	zone, err := zoneOf(tx, siteID)
	if err != nil {
		return err
	}
	all, err := generationsOf(tx, siteID)
	if err != nil {
		return err
	}
	next := Generation{
		SiteID: siteID, State: Building, Rules: attribution.Default(), TimeZone: zone, Stage: string(buildStages[0].kind),
		ChangedBy: changedBy, CreatedAt: tx.NowFunc(), UpdatedAt: new(tx.NowFunc()),
	}
	for _, g := range all {
		if g.State != Retired && g.Number >= next.Number {
			next.Rules = g.Rules
		}
		next.Number = max(next.Number, g.Number)
	}
	next.Number++
	if rules != nil {
		next.Rules = *rules
	}
	if next.Total, err = countAll(tx, siteID); err != nil {
		return err
	}
	err = tx.Model(&Generation{}).Where("site_id = ? AND state = ?", siteID, Building).Update("state", Retired).Error
	if err == nil {
		err = tx.Create(&next).Error
	}
	if err == nil {
		err = enqueue(tx, siteID)
	}
	if err != nil {
		return fmt.Errorf("beginning new figures: %w", err)
	}
	return nil
}

// countAll returns how many things of a site there are to compute.
func countAll(tx *gorm.DB, siteID string) (total int64, err error) {
	for _, stage := range buildStages {
		var count int64
		if err := tx.Table(stage.table).Where("site_id = ?", siteID).Count(&count).Error; err != nil {
			return 0, fmt.Errorf("counting what is to be computed: %w", err)
		}
		total += count
	}
	return total, nil
}

// Progress is how far the generation of a site is that is being built.
type Progress struct {
	Done, Total int64
	More        bool // something is left to be computed or removed
}

// Rebuild computes what has changed in a site, and then a part of the generation that is
// being built, or removes a part of one that is not shown any more. It returns how far that
// is. What is shown stays until the new generation is complete.
func (j *Journeys) Rebuild(ctx context.Context, siteID string) (Progress, error) {
	if _, err := j.compute(ctx, siteID); err != nil {
		return Progress{}, err
	}
	progress, err := j.build(ctx, siteID, plan.step)
	if err == nil || !concernsMarks(ctx, err) {
		return progress, err
	}
	for range buildBatch { // one of them cannot be computed: the others can
		if progress, err = j.build(ctx, siteID, plan.stepOne); err != nil && concernsMarks(ctx, err) {
			progress, err = j.build(ctx, siteID, plan.leaveOut)
		}
		if err != nil || !progress.More {
			break
		}
	}
	return progress, err
}

// build does one step of the generation of a site that is being built. If there is none, it
// removes a part of those that are not shown any more.
func (j *Journeys) build(ctx context.Context, siteID string, step func(plan, *gorm.DB, Generation) (Progress, error)) (progress Progress, err error) {
	err = j.db.Tx(ctx, "computing journeys anew", func(tx *gorm.DB) error {
		plans, err := j.lockPlans(tx, siteID, database.Locked)
		if err != nil || len(plans) == 0 {
			return err
		}
		for i := range plans {
			if plans[i].State == Building {
				progress, err = step(plans[i], tx, plans[0].Generation)
				return err
			}
		}
		progress.More, err = eraseRetired(tx, siteID)
		return err
	})
	if err != nil {
		return Progress{}, err
	}
	return progress, nil
}

// step computes the next part of a generation, and shows it once it is complete.
func (p plan) step(tx *gorm.DB, serving Generation) (Progress, error) {
	return p.stepOf(tx, serving, buildBatch, p.computeAll)
}

// stepOne is step for the next thing alone.
func (p plan) stepOne(tx *gorm.DB, serving Generation) (Progress, error) {
	return p.stepOf(tx, serving, 1, p.computeAll)
}

// leaveOut is stepOne for a thing that cannot be computed: it is marked, and tried again
// with the marks.
func (p plan) leaveOut(tx *gorm.DB, serving Generation) (Progress, error) {
	return p.stepOf(tx, serving, 1, func(tx *gorm.DB, marks []Mark) error { return AddMarks(tx, p.SiteID, marks...) })
}

// computeAll computes the things that are marked, for this generation.
func (p plan) computeAll(tx *gorm.DB, marks []Mark) error {
	opportunities, err := computeMarks(tx, []plan{p}, p.SiteID, marks)
	if err != nil || string(MarkOpportunity) != p.Stage {
		return err
	}
	return computeOpportunities(tx, []plan{p}, p.SiteID, opportunities)
}

// stepOf does something with up to limit things of the stage that is being computed, and
// goes on to the next stage after the last one.
func (p plan) stepOf(tx *gorm.DB, serving Generation, limit int, do func(*gorm.DB, []Mark) error) (Progress, error) {
	for i, stage := range buildStages {
		if string(stage.kind) != p.Stage {
			continue
		}
		var refs []string
		err := tx.Table(stage.table).Where("site_id = ? AND "+stage.column+" > ?", p.SiteID, p.After).
			Order(stage.column).Limit(limit).Pluck(stage.column, &refs).Error
		if err != nil {
			return Progress{}, fmt.Errorf("reading what is to be computed: %w", err)
		}
		marks := make([]Mark, len(refs))
		for n, ref := range refs {
			marks[n] = Mark{Kind: stage.kind, Ref: ref}
			p.After = ref
		}
		if err := do(tx, marks); err != nil {
			return Progress{}, err
		}
		p.Done += int64(len(refs))
		if len(refs) == limit {
			return p.progress(), p.save(tx)
		}
		if i+1 < len(buildStages) {
			p.Stage, p.After = string(buildStages[i+1].kind), ""
			return p.progress(), p.save(tx)
		}
	}
	// The sums of its days are there before it is shown.
	if more, err := revenue.SumStale(tx, p.SiteID, p.Number, p.TimeZone, tx.NowFunc()); err != nil || more {
		return p.progress(), errors.Join(err, p.save(tx))
	}
	return p.progress(), p.show(tx, serving)
}

// progress returns how far the generation is. Even if it is complete, the one before is
// still to be removed.
func (p plan) progress() Progress { return Progress{Done: p.Done, Total: p.Total, More: true} }

func (p plan) save(tx *gorm.DB) error {
	p.UpdatedAt = new(tx.NowFunc())
	if err := tx.Select("stage", "after", "done", "state", "ready_at", "updated_at").Updates(&p.Generation).Error; err != nil {
		return fmt.Errorf("storing how far figures are: %w", err)
	}
	return nil
}

// show makes a generation that is complete the one that is shown.
func (p plan) show(tx *gorm.DB, serving Generation) error {
	err := tx.Model(&Generation{}).Where("site_id = ? AND generation = ?", p.SiteID, serving.Number).Update("state", Retired).Error
	if err != nil {
		return fmt.Errorf("retiring figures: %w", err)
	}
	p.State, p.Stage, p.After, p.ReadyAt = Ready, "", "", new(tx.NowFunc())
	return p.save(tx)
}

// eraseRetired removes a part of the generations that are not shown any more. It reports
// whether more is left.
func eraseRetired(tx *gorm.DB, siteID string) (more bool, err error) {
	retired, err := database.First[Generation](tx.Where("site_id = ? AND state = ?", siteID, Retired).Order("generation"))
	if err != nil || retired == nil {
		return false, err
	}
	for _, table := range []struct{ name, key string }{
		{"journey_credits", "opportunity_id"}, {"journey_opportunities", "opportunity_id"}, {"journey_calls", "id"}, {"journey_touchpoints", "id"},
	} {
		some := tx.Table(table.name).Select(table.key).Where("site_id = ? AND generation = ?", siteID, retired.Number).Limit(eraseBatch)
		done := tx.Table(table.name).Where("site_id = ? AND generation = ? AND "+table.key+" IN (?)", siteID, retired.Number, some).Delete(nil)
		if done.Error != nil || done.RowsAffected > 0 {
			return true, done.Error
		}
	}
	if erased, err := revenue.EraseSome(tx, siteID, retired.Number, eraseBatch); err != nil || erased {
		return true, err
	}
	return true, tx.Delete(retired).Error
}
