package models

import (
	"cmp"
	"context"
	"slices"

	"gorm.io/gorm"
)

// SitePlan is all that the script on a site's pages, and its intake, need to
// know of the site. It may be some seconds old when it is used.
type SitePlan struct {
	Site    Site
	Pools   []Pool           // those switched on, in the order they are tried
	Numbers []TrackingNumber // those of their own, switched on, in the order they are tried
}

// SitePlan reads the plan of the site with this script key: fault.NotFound when there is none.
func (s *Store) SitePlan(ctx context.Context, scriptKey string) (SitePlan, error) {
	var plan SitePlan
	err := found("site", s.read(ctx).Where("script_key = ? AND deleted_at IS NULL", scriptKey).Take(&plan.Site).Error)
	if err == nil {
		err = switchedOn(s.read(ctx), plan.Site.ID).Find(&plan.Pools).Error
	}
	if err == nil {
		err = switchedOn(s.read(ctx), plan.Site.ID).Where("pool_id = ''").Find(&plan.Numbers).Error
	}
	return plan, s.problem("reading what a site's script is to do", err)
}

func switchedOn(query *gorm.DB, siteID string) *gorm.DB {
	return query.Where("site_id = ? AND enabled AND deleted_at IS NULL", siteID).Order("position, id")
}

// offer is a pool or a number of its own, as far as both say alike which numbers
// on the pages they are shown for, and to whom.
type offer struct {
	pool   *Pool
	number *TrackingNumber // of its own; nil for a pool
}

// offers are the plan's pools and numbers together, in the order they are
// tried. Of equal positions a number of its own comes first, for it never runs dry.
func (p SitePlan) offers() []offer {
	all := make([]offer, 0, len(p.Pools)+len(p.Numbers))
	for i := range p.Numbers {
		all = append(all, offer{number: &p.Numbers[i]})
	}
	for i := range p.Pools {
		all = append(all, offer{pool: &p.Pools[i]})
	}
	slices.SortStableFunc(all, func(a, b offer) int { return cmp.Compare(a.position(), b.position()) })
	return all
}

func (o offer) position() int {
	if o.pool != nil {
		return o.pool.Position
	}
	return o.number.Position
}
