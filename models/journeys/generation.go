package journeys

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
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
		ChangedBy: changedBy, CreatedAt: tx.NowFunc(),
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
	for _, stage := range buildStages {
		var count int64
		if err := tx.Table(stage.table).Where("site_id = ?", siteID).Count(&count).Error; err != nil {
			return fmt.Errorf("counting what is to be computed: %w", err)
		}
		next.Total += count
	}
	err = tx.Model(&Generation{}).Where("site_id = ? AND state = ?", siteID, Building).Update("state", Retired).Error
	if err == nil {
		err = tx.Create(&next).Error
	}
	if err != nil {
		return fmt.Errorf("beginning new figures: %w", err)
	}
	return nil
}

// build computes a part of the generation that is being built, or removes a part of one
// that is not shown any more. It reports whether more is left.
func (j *Journeys) build(ctx context.Context, siteID string) (more bool, err error) {
	err = j.db.Tx(ctx, "computing journeys anew", func(tx *gorm.DB) error {
		plans, err := lockPlans(tx, j.db, siteID)
		if err != nil || len(plans) == 0 {
			return err
		}
		for i := range plans {
			if plans[i].State == Building {
				more = true
				return plans[i].step(tx, plans[0].Generation)
			}
		}
		more, err = eraseRetired(tx, siteID)
		return err
	})
	return more && err == nil, err
}

// step computes the next part of a generation, and shows it once it is complete.
func (p plan) step(tx *gorm.DB, serving Generation) error {
	for i, stage := range buildStages {
		if string(stage.kind) != p.Stage {
			continue
		}
		var refs []string
		err := tx.Table(stage.table).Where("site_id = ? AND "+stage.column+" > ?", p.SiteID, p.After).
			Order(stage.column).Limit(buildBatch).Pluck(stage.column, &refs).Error
		if err != nil {
			return fmt.Errorf("reading what is to be computed: %w", err)
		}
		marks := make([]Mark, len(refs))
		for n, ref := range refs {
			marks[n] = Mark{Kind: stage.kind, Ref: ref}
			p.After = ref
		}
		opportunities, err := computeMarks(tx, []plan{p}, p.SiteID, marks)
		if err == nil && stage.kind == MarkOpportunity {
			err = computeOpportunities(tx, []plan{p}, p.SiteID, opportunities)
		}
		if err != nil {
			return err
		}
		p.Done += int64(len(refs))
		if len(refs) == buildBatch {
			return p.save(tx)
		}
		if i+1 < len(buildStages) {
			p.Stage, p.After = string(buildStages[i+1].kind), ""
			return p.save(tx)
		}
	}
	return p.show(tx, serving)
}

func (p plan) save(tx *gorm.DB) error {
	if err := tx.Select("stage", "after", "done", "state", "ready_at").Updates(&p.Generation).Error; err != nil {
		return fmt.Errorf("storing how far figures are: %w", err)
	}
	return nil
}

// show makes a generation that is complete the one that is shown, and marks all days.
func (p plan) show(tx *gorm.DB, serving Generation) error {
	var days []string
	err := tx.Model(&Touchpoint{}).Distinct("day").
		Where("site_id = ? AND generation IN ?", p.SiteID, []int64{p.Number, serving.Number}).Pluck("day", &days).Error
	if err != nil {
		return fmt.Errorf("reading the days of touchpoints: %w", err)
	}
	err = tx.Model(&Generation{}).Where("site_id = ? AND generation = ?", p.SiteID, serving.Number).Update("state", Retired).Error
	if err != nil {
		return fmt.Errorf("retiring figures: %w", err)
	}
	p.State, p.Stage, p.After, p.ReadyAt = Ready, "", "", new(tx.NowFunc())
	if err := p.save(tx); err != nil {
		return err
	}
	set := map[string]bool{}
	for _, day := range days {
		set[day] = true
	}
	return markDays(tx, p.SiteID, set)
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
	return true, tx.Delete(retired).Error
}

// Generations returns the generations of a site that are shown or being computed, the one
// that is shown first. A site of which nothing has been computed has none.
func (j *Journeys) Generations(ctx context.Context, accountID, siteID string) ([]Generation, error) {
	if err := checkSite(j.db.Read(ctx), accountID, siteID); err != nil {
		return nil, j.db.WrapErr("reading rules", err)
	}
	all, err := generationsOf(j.db.Read(ctx).Where("state <> ?", Retired), siteID)
	return all, j.db.WrapErr("reading rules", err)
}

// ChangeRules changes the rules of a site, and begins to compute its figures by them. What
// is shown stays until that is done. The rules that are passed to change are the newest
// ones. Without a difference nothing is computed.
func (j *Journeys) ChangeRules(ctx context.Context, accountID, siteID, changedBy string, change func(*attribution.Rules) error) error {
	return j.db.Tx(ctx, "changing rules", func(tx *gorm.DB) error {
		if err := checkSite(tx, accountID, siteID); err != nil {
			return err
		}
		all, err := generationsOf(tx, siteID)
		if err == nil && len(all) == 0 {
			err = firstGeneration(tx, siteID, j.db.Now())
		}
		if err != nil {
			return err
		}
		if all, err = generationsOf(database.Locked(tx).Where("state <> ?", Retired), siteID); err != nil {
			return err
		}
		newest := all[len(all)-1].Rules
		changed := newest.Clone()
		if err := change(&changed); err != nil {
			return err
		}
		if changed.Equal(newest) {
			return nil
		}
		if err := database.CheckStorable(changed); err != nil {
			return err
		}
		return buildAnew(tx, siteID, &changed, changedBy)
	})
}
