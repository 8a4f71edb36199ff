package collect

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"

	"ringback/internal/fault"
	"ringback/models/websites"
	"ringback/tracker"
	"ringback/web/internal/cache"
	"ringback/web/internal/ratelimit"
)

// siteTTL is how long a change of a site may go unseen that another process made.
const siteTTL = 3 * time.Second

// maxKey is longer than every script's key, in bytes.
const maxKey = 64

// maxUnknownKeys bounds the keys of no site that are held. They have a cache of
// their own, so that made-up keys push no site out of the other.
const maxUnknownKeys = 10_000

// maxScripts bounds the compressed scripts that are held, of some 25 KB each.
const maxScripts = 1_000

// siteSnapshot is a site as it was read from the database, with its scripts, which are
// rendered on the first call.
type siteSnapshot struct {
	plan             websites.Plan
	script, extended func() renderedScript
}

// siteCache holds sites by the keys of their scripts, for seconds. While the
// database is down it goes on returning what it holds: pages get their script, and
// can read the answer that asks them to try again later.
type siteCache struct {
	known    *cache.Cache[siteSnapshot]
	unknown  *lru.Cache[string, time.Time]      // keys of no site, each with the time until which that holds
	rendered *lru.Cache[string, renderedScript] // by tag: settings seldom change, and compressing takes time
	clock    clockwork.Clock
	base     string // the URL that all addresses of scripts begin with
}

func newSiteCache(clock clockwork.Clock, publicURL string) *siteCache {
	return &siteCache{
		known: cache.New[siteSnapshot](clock, siteTTL), unknown: ratelimit.NewLRU[time.Time](maxUnknownKeys),
		rendered: ratelimit.NewLRU[renderedScript](maxScripts), clock: clock, base: publicURL + "/s/",
	}
}

// get returns the site of a key, loading it if it is not held.
func (s *siteCache) get(key string, load func(key string) (websites.Plan, error)) (siteSnapshot, error) {
	if until, isUnknown := s.unknown.Get(key); len(key) > maxKey || isUnknown && s.clock.Now().Before(until) {
		return siteSnapshot{}, fault.New(fault.NotFound, "no_such_site")
	}
	site, err := s.known.GetOrStale(key, func() (siteSnapshot, error) {
		plan, err := load(key)
		rendered := func(render func(tracker.Config) []byte) func() renderedScript {
			return sync.OnceValue(func() renderedScript { return s.pack(render(scriptConfig(plan, s.base+key))) })
		}
		return siteSnapshot{plan: plan, script: rendered(tracker.Render), extended: rendered(tracker.RenderExtended)}, err
	})
	if fault.CodeOf(err) == fault.NotFound {
		s.unknown.Add(key, s.clock.Now().Add(siteTTL))
	}
	return site, err
}

func (s *siteCache) drop(site websites.Site) { s.known.Drop(site.ScriptKey) }
