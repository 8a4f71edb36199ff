package graph

import (
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/models/database"
)

// KnownVisitor is a visitor who is somebody.
type KnownVisitor struct {
	SiteID    string `gorm:"primaryKey"`
	VisitorID string `gorm:"primaryKey"`
}

// TableName returns the name of the table.
func (KnownVisitor) TableName() string { return "journey_visitors" }

// Known returns those of several visitors, each with its site before it, who are somebody: their
// journeys are computed.
func Known(tx *gorm.DB, visitors [][]string) (known []KnownVisitor, err error) {
	if len(visitors) == 1 {
		err = tx.Where("site_id = ? AND visitor_id = ?", visitors[0][0], visitors[0][1]).Find(&known).Error
	} else {
		from, value := database.Listed(tx, "seen", []string{"site", "visitor"}, visitors)
		err = tx.Raw("SELECT DISTINCT j.site_id, j.visitor_id FROM journey_visitors AS j JOIN "+from+" ON j.site_id = seen.site AND j.visitor_id = seen.visitor", value).Scan(&known).Error
	}
	if err != nil {
		return nil, fmt.Errorf("reading which visitors are somebody: %w", err)
	}
	return known, nil
}

// AddBrowser stores that a visitor has a BizibleId, and returns its node. The node is empty if the
// id identifies no browser.
func AddBrowser(tx *gorm.DB, siteID, visitorID, bizibleID string) (Node, error) {
	n := browserNode(bizibleID)
	if n == "" {
		return "", nil
	}
	if err := storeBrowsers(tx, []browserRow{{SiteID: siteID, BizibleID: n.Ref(), Ref: string(NodeOf(KindVisitor, visitorID))}}); err != nil {
		return "", fmt.Errorf("storing a BizibleId: %w", err)
	}
	return n, nil
}

func storeBrowsers(tx *gorm.DB, rows []browserRow) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error
}

// BrowsersOf returns the BizibleIds of visitors.
func BrowsersOf(tx *gorm.DB, siteID string, visitorIDs []string) (browsers []string, err error) {
	err = tx.Model(&browserRow{}).Where("site_id = ? AND ref IN ?", siteID, refsOf(visitorIDs)).Pluck("bizible_id", &browsers).Error
	if err != nil {
		return nil, fmt.Errorf("finding the BizibleIds of visitors: %w", err)
	}
	return browsers, nil
}

// Sharing returns what has BizibleIds beside some visitors.
func Sharing(tx *gorm.DB, siteID string, browsers, visitorIDs []string) (nodes []Node, err error) {
	err = tx.Model(&browserRow{}).Distinct("ref").Where("site_id = ? AND bizible_id IN ? AND ref NOT IN ?", siteID, browsers, refsOf(visitorIDs)).
		Order("ref").Pluck("ref", &nodes).Error
	return nodes, err
}

// Forget erases what is stored of visitors by which others are found, and that they are somebody.
func Forget(tx *gorm.DB, siteID string, visitorIDs []string) error {
	return errors.Join(
		tx.Where("site_id = ? AND ref IN ?", siteID, refsOf(visitorIDs)).Delete(&browserRow{}).Error,
		tx.Where("site_id = ? AND visitor_id IN ?", siteID, visitorIDs).Delete(&KnownVisitor{}).Error,
	)
}

// refsOf returns visitors as the rows of browsers name them.
func refsOf(visitorIDs []string) []string {
	refs := make([]string, len(visitorIDs))
	for i, id := range visitorIDs {
		refs[i] = string(NodeOf(KindVisitor, id))
	}
	return refs
}
