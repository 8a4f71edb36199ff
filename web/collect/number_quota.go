package collect

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"

	"ringback/models"
)

// One address gets at most a tenth of each pool's numbers within quotaPeriod, but at
// least minQuota, so that fake visits cannot exhaust a pool. A wider network gets a
// multiple of that.
const (
	quotaPeriod   = 30 * time.Minute
	minQuota      = 2
	quotaDivisor  = 10 // the quota of one address is one in so many numbers of the pool
	widerFactor   = 2  // the quota of the wider network, in quotas of one address
	unstoredViews = 5  // page views within newSessionsPeriod of browsers that store nothing
)

// quotaFor returns the function that decides whether a session gets a number of a
// pool that it does not have yet. A session that has a number keeps it in any case.
// Every page view of a browser that stores nothing is a visitor of its own, who
// holds a number for half an hour: an address gets few of those.
func (h *Handler) quotaFor(r scriptRequest, view models.Activity, admitted bool) func(models.Pool) bool {
	may := sync.OnceValue(func() bool {
		return admitted && (view.Storage != storedNowhere || h.limits.unstored.take(r.plan.Site.ID+"/"+r.from.network) == nil)
	})
	withheld := sync.OnceFunc(h.metrics.NumbersWithheld)
	return func(pool models.Pool) bool {
		granted := may() && h.limits.pools.take(pool.ID, r.plan.Sizes[pool.ID], r.from.networks)
		if !granted {
			withheld()
		}
		return granted
	}
}

// poolQuota counts the numbers of pools that addresses get.
type poolQuota struct {
	clock    clockwork.Clock
	disabled bool
	mu       sync.Mutex
	used     *lru.Cache[string, []time.Time] // by pool and network: the times within quotaPeriod
}

// take spends one number of a pool of this size, and reports whether each of the
// networks, the narrowest first, had one left.
func (q *poolQuota) take(poolID string, size int, networks []string) bool {
	if q.disabled {
		return true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now, quota := q.clock.Now(), max(minQuota, size/quotaDivisor)
	recent := make([][]time.Time, len(networks))
	for i, network := range networks {
		recent[i], _ = q.used.Get(poolID + "/" + network)
		for len(recent[i]) > 0 && now.Sub(recent[i][0]) >= quotaPeriod {
			recent[i] = recent[i][1:]
		}
		if len(recent[i]) >= quota {
			return false
		}
		quota *= widerFactor
	}
	for i, network := range networks {
		q.used.Add(poolID+"/"+network, append(recent[i], now))
	}
	return true
}
