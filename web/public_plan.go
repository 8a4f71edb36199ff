package web

import (
	"sync"

	"github.com/jonboulle/clockwork"

	"ringback/models"
)

// live is a site as its script and its intake see it.
type live struct {
	plan   models.SitePlan
	script func() served // renders at the first call
}

// plans knows the sites by their script's key, for seconds. While the database
// is away it goes by what it knew: pages keep their script, and are told to try
// again later in an answer that they may read.
type plans struct {
	known *cache[live]
	base  string // URL that the addresses of scripts begin with
}

func newPlans(clock clockwork.Clock, publicURL string) *plans {
	return &plans{known: newCache[live](clock, siteTTL), base: publicURL + "/s/"}
}

// of gives the site of a key, loading it where it is not known.
func (p *plans) of(key string, load func(key string) (models.SitePlan, error)) (live, error) {
	return p.known.getOrStale(key, func() (live, error) {
		plan, err := load(key)
		return live{plan: plan, script: sync.OnceValue(func() served { return render(plan, p.base+key) })}, err
	})
}

// forget makes a change of the site, its pools or its numbers seen at once.
func (p *plans) forget(site models.Site) { p.known.forget(site.ScriptKey) }
