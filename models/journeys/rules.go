package journeys

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/touchpoints/attribution"
)

// GenerationState is what a generation of figures is used for.
type GenerationState string

// The states.
const (
	Building GenerationState = "building" // it is being computed, and not shown
	Ready    GenerationState = "serving"  // it is what is shown
	Retired  GenerationState = "retired"  // another one is shown; its rows are being removed
)

// Generation is the figures of a site by one set of rules.
type Generation struct {
	SiteID    string            `gorm:"primaryKey"`
	Number    int64             `gorm:"primaryKey;column:generation"`
	State     GenerationState   // one generation of a site is Ready, and at most one is Building
	Rules     attribution.Rules `gorm:"serializer:json"`
	TimeZone  string            // by which the days of touchpoints are decided
	Stage     string            // what is being computed: a MarkKind, empty if nothing is
	After     string            // the last id that was computed in this stage
	Done      int64             // how much of Total is computed
	Total     int64
	ChangedBy string // the token or session that changed the rules, empty if none did
	CreatedAt time.Time
	ReadyAt   *time.Time // when it began to be shown
	UpdatedAt *time.Time // when a part of it was last computed or removed; nil in rows of earlier versions
}

// TableName returns the name of the table.
func (Generation) TableName() string { return "journey_rules" }

// generationsOf returns the generations of a site, the one that is serving first.
func generationsOf(db *gorm.DB, siteID string) ([]Generation, error) {
	var all []Generation
	err := db.Where("site_id = ?", siteID).Order("CASE WHEN state = 'serving' THEN 0 ELSE 1 END, generation").Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("reading the site's rules: %w", err)
	}
	return all, nil
}

// Serving returns the number of the generation of a site's figures that is shown, zero if
// nothing is computed yet: no row has that number.
func (j *Journeys) Serving(ctx context.Context, siteID string) (int64, error) {
	serving, err := database.First[Generation](j.db.Read(ctx).Where("site_id = ? AND state = ?", siteID, Ready))
	if err != nil || serving == nil {
		return 0, j.db.WrapErr("reading which figures are shown", err)
	}
	return serving.Number, nil
}

// Generations returns the generations of a site that are shown or being computed, the one
// that is shown first. A site of which nothing has been computed has none.
func (j *Journeys) Generations(ctx context.Context, accountID, siteID string) ([]Generation, error) {
	if err := ownership.CheckSite(j.db.Read(ctx), accountID, siteID); err != nil {
		return nil, j.db.WrapErr("reading rules", err)
	}
	all, err := generationsOf(j.db.Read(ctx).Where("state <> ?", Retired), siteID)
	return all, j.db.WrapErr("reading rules", err)
}

// ChangeRules changes the rules of a site, and begins to compute its figures by them. What
// is shown stays until that is done. The rules that are passed to change are the newest
// ones. Without a difference nothing is computed. A change is in the audit trail.
func (j *Journeys) ChangeRules(ctx context.Context, actor audit.Actor, siteID string, change func(*attribution.Rules) error) error {
	return j.db.Tx(ctx, "changing rules", func(tx *gorm.DB) error {
		// The site's row is locked, so that a second change is one of the rules as the first left them.
		if err := ownership.CheckSite(database.Locked(tx), actor.AccountID, siteID); err != nil {
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
		if err := recordRules(tx, actor, siteID, newest, changed); err != nil {
			return err
		}
		return buildAnew(tx, siteID, &changed, actor.TokenID)
	})
}

// recordRules stores a change of rules in the audit trail. Of the channel sheet there is
// only how many rules it has: it may have thousands.
func recordRules(tx *gorm.DB, actor audit.Actor, siteID string, before, after attribution.Rules) error {
	changes := audit.DiffFields(audit.EncodeFields(rulesFields(before)), audit.EncodeFields(rulesFields(after)))
	if !slices.Equal(before.Sheet, after.Sheet) {
		changes["channel_rules"] = audit.Change{From: len(before.Sheet), To: len(after.Sheet)}
	}
	if err := audit.Record(tx, actor, "updated", audit.Target{AccountID: actor.AccountID, SiteID: siteID, Entity: "attribution", ID: siteID}, changes); err != nil {
		return fmt.Errorf("recording a change of rules: %w", err)
	}
	return nil
}

func rulesFields(r attribution.Rules) map[string]any {
	c := r.Choices()
	return map[string]any{"options": c.Options, "exclusions": c.Exclusions, "custom_model": c.Custom}
}
