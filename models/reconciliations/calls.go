package reconciliations

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
)

// KnownCall is what is stored of a call that a provider lists.
type KnownCall struct {
	Ended  bool
	Linked bool     // whether the source has reported something of the visit apart from the start
	Tags   []string // all labels, late ones too
}

// HasTags reports whether all of these labels are known.
func (c KnownCall) HasTags(labels []string) bool {
	return !slices.ContainsFunc(labels, func(label string) bool { return !slices.Contains(c.Tags, label) })
}

// lookUp is how many calls one statement looks up.
const lookUp = 500

// KnownCalls returns the calls of a source with these external ids, those that are
// stored, by external id.
func (r *Reconciliations) KnownCalls(ctx context.Context, siteID, source string, externalIDs []string) (map[string]KnownCall, error) {
	known := make(map[string]KnownCall, len(externalIDs))
	err := r.db.ReadTx(ctx, "looking up listed calls", func(tx *gorm.DB) error {
		for ids := range slices.Chunk(externalIDs, lookUp) {
			if err := knownCalls(tx, siteID, source, ids, known); err != nil {
				return err
			}
		}
		return nil
	})
	return known, err
}

func knownCalls(tx *gorm.DB, siteID, source string, externalIDs []string, known map[string]KnownCall) error {
	var calls []struct {
		ID, ExternalID string
		EndedAt        *time.Time
	}
	err := tx.Table("conversions").Select("id", "external_id", "ended_at").
		Where("site_id = ? AND kind = ? AND source = ? AND external_id IN ?", siteID, conversion.KindCall, source, externalIDs).Find(&calls).Error
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(calls))
	for _, call := range calls {
		ids = append(ids, call.ID)
	}
	labels, err := labelsOf(tx, ids)
	if err != nil {
		return err
	}
	var linked []string
	err = tx.Table("events").Where("conversion_id IN ? AND type = ?", ids, conversion.EventLinked).
		Where("event_id NOT IN ?", []string{conversion.NumberEventID, conversion.VisitorEventID}).Pluck("conversion_id", &linked).Error
	for _, call := range calls {
		known[call.ExternalID] = KnownCall{Ended: call.EndedAt != nil, Linked: slices.Contains(linked, call.ID), Tags: labels[call.ID]}
	}
	return err
}

// labelsOf returns the labels of the tags of these conversions, by conversion.
func labelsOf(tx *gorm.DB, conversions []string) (map[string][]string, error) {
	var tags []struct{ ConversionID, Label string }
	err := tx.Table("conversion_tags").Select("conversion_id", "label").Where("conversion_id IN ?", conversions).Find(&tags).Error
	labels := map[string][]string{}
	for _, tag := range tags {
		labels[tag.ConversionID] = append(labels[tag.ConversionID], tag.Label)
	}
	return labels, err
}
