package models

import (
	"cmp"
	"context"
	"slices"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/models/database"
)

// SitePlan is all that the script on a site's pages, and its intake, need to
// know of the site. It may be some seconds old when it is used.
type SitePlan struct {
	Site    Site
	Pools   []Pool           // those switched on, in the order they are tried
	Numbers []TrackingNumber // those of their own, switched on, in the order they are tried
	Sizes   map[string]int   // how many numbers each pool hands out, by its id
}

// SitePlan reads the plan of the site with this script key: fault.NotFound when there is none.
func (s *Store) SitePlan(ctx context.Context, scriptKey string) (SitePlan, error) {
	var plan SitePlan
	err := database.NotFoundAs("site", s.db.Read(ctx).Where("script_key = ? AND deleted_at IS NULL", scriptKey).Take(&plan.Site).Error)
	plan.Site.Script = plan.Site.Script.orDefault()
	if err == nil {
		err = switchedOn(s.db.Read(ctx), plan.Site.ID).Find(&plan.Pools).Error
	}
	if err == nil {
		err = switchedOn(s.db.Read(ctx), plan.Site.ID).Where("pool_id = ''").Find(&plan.Numbers).Error
	}
	if err == nil {
		plan.Sizes, err = poolSizes(s.db.Read(ctx), plan.Site.ID)
	}
	return plan, s.db.WrapErr("reading what a site's script is to do", err)
}

// poolSizes counts the numbers that a site's pools hand out.
func poolSizes(db *gorm.DB, siteID string) (map[string]int, error) {
	var counted []struct {
		PoolID  string
		Numbers int
	}
	err := db.Model(&TrackingNumber{}).Select("pool_id, count(*) AS numbers").
		Where("site_id = ? AND pool_id <> '' AND enabled AND deleted_at IS NULL", siteID).
		Group("pool_id").Scan(&counted).Error
	sizes := make(map[string]int, len(counted))
	for _, c := range counted {
		sizes[c.PoolID] = c.Numbers
	}
	return sizes, err
}

func switchedOn(query *gorm.DB, siteID string) *gorm.DB {
	return query.Where("site_id = ? AND enabled AND deleted_at IS NULL", siteID).Order("position, id")
}

// offer is a pool, or a number of its own, for those numbers on the pages in
// whose place it is shown to a visitor.
type offer struct {
	pool     *Pool
	number   *TrackingNumber // of its own; nil for a pool
	replaces []string
}

// offersFor gives, for each number on the pages, the first pool or number that
// is for visits of this traffic: lower positions first. Of equal ones a number
// of its own comes first, for it never runs dry; then the older one.
func (p SitePlan) offersFor(t conversion.Traffic) []offer {
	t = t.Normalized()
	var offers []offer
	taken := map[string]bool{}
	for _, o := range p.offers() {
		if !o.shownTo().Holds(t) {
			continue
		}
		o.replaces = slices.DeleteFunc(slices.Clone(o.replaces), func(number string) bool { return taken[number] })
		for _, number := range o.replaces {
			taken[number] = true
		}
		if len(o.replaces) > 0 {
			offers = append(offers, o)
		}
	}
	return offers
}

// offers are the plan's pools and numbers together, in the order they are tried.
func (p SitePlan) offers() []offer {
	all := make([]offer, 0, len(p.Pools)+len(p.Numbers))
	for i := range p.Numbers {
		all = append(all, offer{number: &p.Numbers[i], replaces: p.Numbers[i].Replaces})
	}
	for i := range p.Pools {
		all = append(all, offer{pool: &p.Pools[i], replaces: p.Pools[i].Replaces})
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

func (o offer) shownTo() *conversion.Condition {
	if o.pool != nil {
		return o.pool.ShownTo
	}
	return o.number.ShownTo
}
