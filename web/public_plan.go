package web

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"

	"ringback/internal/fault"
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
	known    *cache[live]
	unknown  *lru.Cache[string, time.Time] // keys of no site, and until when that is believed
	rendered *lru.Cache[string, served]    // by tag: settings seldom change, and packing takes its time
	clock    clockwork.Clock
	base     string // URL that the addresses of scripts begin with
}

// maxKey is longer than every script's key, in bytes.
const maxKey = 64

// rememberedKeys is how many keys of no site are remembered at most. They have a
// place of their own: whoever makes keys up drops no site from the cache.
const rememberedKeys = 10_000

// rememberedScripts is how many sites' scripts are kept packed; each takes some 25 KB.
const rememberedScripts = 1_000

func newPlans(clock clockwork.Clock, publicURL string) *plans {
	return &plans{
		known: newCache[live](clock, siteTTL), unknown: newLRU[time.Time](rememberedKeys),
		rendered: newLRU[served](rememberedScripts), clock: clock, base: publicURL + "/s/",
	}
}

// of returns the site of a key, loading it where it is not known.
func (p *plans) of(key string, load func(key string) (models.SitePlan, error)) (live, error) {
	if until, isUnknown := p.unknown.Get(key); len(key) > maxKey || isUnknown && p.clock.Now().Before(until) {
		return live{}, fault.New(fault.NotFound, "there is no such site")
	}
	site, err := p.known.getOrStale(key, func() (live, error) {
		plan, err := load(key)
		return live{plan: plan, script: sync.OnceValue(func() served { return p.render(plan, p.base+key) })}, err
	})
	if fault.CodeOf(err) == fault.NotFound {
		p.unknown.Add(key, p.clock.Now().Add(siteTTL))
	}
	return site, err
}

// forget makes a change of the site, its pools or its numbers seen at once.
func (p *plans) forget(site models.Site) { p.known.forget(site.ScriptKey) }
