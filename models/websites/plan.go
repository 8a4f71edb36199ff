package websites

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/models/database"
	"ringback/models/tracking"
	"ringback/numbers"
)

// Plan is all that is needed of a site to answer the script on its pages. It
// may be some seconds old when it is used.
type Plan struct {
	Site    Site
	Pools   []tracking.Pool   // those that are switched on, by position and age
	Numbers []tracking.Number // those of no pool that are switched on, by position and age
	Sizes   map[string]int    // the count of numbers of each pool that are switched on, by its id
}

// SitePlan returns the plan of the site with this script key, fault.NotFound if there
// is none.
func (s *Store) SitePlan(ctx context.Context, scriptKey string) (Plan, error) {
	var plan Plan
	err := database.NotFoundAs("no_such_site", s.db.Read(ctx).Where("script_key = ? AND deleted_at IS NULL", scriptKey).Take(&plan.Site).Error)
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
	return plan, s.db.WrapErr("reading the plan of a site", err)
}

// poolSizes counts the numbers of a site's pools that are switched on.
func poolSizes(db *gorm.DB, siteID string) (map[string]int, error) {
	var counted []struct {
		PoolID  string
		Numbers int
	}
	err := db.Model(&tracking.Number{}).Select("pool_id, count(*) AS numbers").
		Where("site_id = ? AND pool_id <> '' AND enabled AND deleted_at IS NULL", siteID).
		Group("pool_id").Scan(&counted).Error
	sizes := make(map[string]int, len(counted))
	for _, c := range counted {
		sizes[c.PoolID] = c.Numbers
	}
	return sizes, err
}

// switchedOn adds the conditions of a site's pools and numbers that are switched on.
func switchedOn(query *gorm.DB, siteID string) *gorm.DB {
	return query.Where("site_id = ? AND enabled AND deleted_at IS NULL", siteID).Order("position, id")
}

// OffersFor returns the pools and numbers that a session of this traffic is shown.
func (p Plan) OffersFor(t conversion.Traffic) []numbers.Offer {
	all := make([]numbers.Offer, 0, len(p.Pools)+len(p.Numbers))
	for _, n := range p.Numbers {
		all = append(all, numbers.Offer{NumberID: n.ID, Position: n.Position, Replaces: n.Replaces, ShownTo: n.ShownTo})
	}
	for _, pool := range p.Pools {
		all = append(all, numbers.Offer{PoolID: pool.ID, Position: pool.Position, Replaces: pool.Replaces, ShownTo: pool.ShownTo})
	}
	return numbers.Choose(all, t)
}

// Pool returns a pool of the plan by its id.
func (p Plan) Pool(id string) tracking.Pool {
	return p.Pools[slices.IndexFunc(p.Pools, func(pool tracking.Pool) bool { return pool.ID == id })]
}

// LeaseTime returns for how long after an activity a session has its number of a pool,
// at most.
func (p Plan) LeaseTime(poolID string) time.Duration {
	poolTime := time.Duration(p.Pool(poolID).HoldMinutes) * time.Minute
	return numbers.LeaseTime(poolTime, p.Rules().Inactivity)
}

// Number returns a number of the plan by its id.
func (p Plan) Number(id string) tracking.Number {
	return p.Numbers[slices.IndexFunc(p.Numbers, func(n tracking.Number) bool { return n.ID == id })]
}
