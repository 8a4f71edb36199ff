package crm

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/ownership"
)

// lookUp is how many rows one statement looks up.
const lookUp = 500

// PutPeople stores people of a site as they are read of its CRM now, in the caller's
// transaction. It returns how many changed: those that are as they were are not written.
func PutPeople(tx *gorm.DB, siteID string, people []Person) (changed int, err error) {
	return putAll(tx, siteID, people, func(p Person) string { return p.ExternalID })
}

// PutOpportunities is PutPeople for opportunities.
func PutOpportunities(tx *gorm.DB, siteID string, opportunities []Opportunity) (changed int, err error) {
	return putAll(tx, siteID, opportunities, func(o Opportunity) string { return o.ExternalID })
}

// PutCRMPeople is PutPeople for people whom the owner of the account reports together.
func (r *Records) PutCRMPeople(ctx context.Context, accountID, siteID string, people []Person) (changed int, err error) {
	return putReported(ctx, r, accountID, siteID, people, PutPeople)
}

// PutCRMOpportunities is PutCRMPeople for opportunities.
func (r *Records) PutCRMOpportunities(ctx context.Context, accountID, siteID string, opportunities []Opportunity) (changed int, err error) {
	return putReported(ctx, r, accountID, siteID, opportunities, PutOpportunities)
}

func putReported[Row any](ctx context.Context, r *Records, accountID, siteID string, rows []Row, put func(*gorm.DB, string, []Row) (int, error)) (changed int, err error) {
	if err := database.CheckStorable(rows); err != nil {
		return 0, err
	}
	err = r.db.Tx(ctx, "storing what is reported", func(tx *gorm.DB) error {
		if err := ownership.CheckSite(tx, accountID, siteID); err != nil {
			return err
		}
		var err error
		changed, err = put(tx, siteID, rows)
		return err
	})
	return changed, err
}

func putAll[Row any, P record[Row]](tx *gorm.DB, siteID string, rows []Row, id func(Row) string) (changed int, err error) {
	for some := range slices.Chunk(rows, lookUp) {
		known, err := byExternalID(tx, siteID, some, id)
		if err != nil {
			return changed, err
		}
		for _, row := range some {
			if before, is := known[id(row)]; is && unchanged[Row, P](tx, before, row) {
				continue
			}
			did, err := put[Row, P](tx, &row)
			if err != nil {
				return changed, fmt.Errorf("storing what was read: %w", err)
			}
			if did {
				changed++
			}
			known[id(row)] = row
		}
	}
	return changed, nil
}

// unchanged reports whether a row that is read now says what is stored.
func unchanged[Row any, P record[Row]](tx *gorm.DB, stored, row Row) bool {
	P(&row).begin(tx.NowFunc())
	P(&row).keep(stored)
	return reflect.DeepEqual(stored, row)
}

// byExternalID returns the stored rows with the same external ids.
func byExternalID[Row any](tx *gorm.DB, siteID string, rows []Row, id func(Row) string) (map[string]Row, error) {
	ids := make([]string, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, id(row))
	}
	var found []Row
	if err := tx.Where("site_id = ? AND external_id IN ?", siteID, ids).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("looking up what was read: %w", err)
	}
	known := make(map[string]Row, len(found))
	for _, row := range found {
		known[id(row)] = row
	}
	return known, nil
}

// DeletePeople erases people of a site whom its CRM does not have any more, in the
// caller's transaction. It returns how many there were.
func DeletePeople(tx *gorm.DB, siteID string, externalIDs []string) (deleted int, err error) {
	return deleteAll[Person](tx, siteID, externalIDs)
}

// DeleteOpportunities is DeletePeople for opportunities.
func DeleteOpportunities(tx *gorm.DB, siteID string, externalIDs []string) (deleted int, err error) {
	return deleteAll[Opportunity](tx, siteID, externalIDs)
}

func deleteAll[Row any, P record[Row]](tx *gorm.DB, siteID string, externalIDs []string) (deleted int, err error) {
	for some := range slices.Chunk(externalIDs, lookUp) {
		var rows []Row
		if err := tx.Where("site_id = ? AND external_id IN ?", siteID, some).Find(&rows).Error; err != nil {
			return deleted, fmt.Errorf("looking up what the CRM does not have any more: %w", err)
		}
		for _, row := range rows {
			if err := erase(tx, P(&row)); err != nil {
				return deleted, fmt.Errorf("deleting what the CRM does not have any more: %w", err)
			}
			deleted++
		}
	}
	return deleted, nil
}
