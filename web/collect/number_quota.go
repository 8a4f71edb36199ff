package collect

import (
	"slices"
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

// reservedNumbers is what a page view has reserved of the quotas of its address. It
// counts as spent until it is released.
type reservedNumbers struct {
	releasePool     map[string]func() // by the id of the pool
	releaseUnstored func()
}

// reserveNumbers reserves a number of each pool that has a quota left for a session
// that gets a number there. Every page view of a browser that stores nothing is a
// visitor of its own with a number for half an hour: an address gets few of those.
func (h *Handler) reserveNumbers(r scriptRequest, view models.Activity) reservedNumbers {
	reserved := reservedNumbers{releasePool: map[string]func(){}, releaseUnstored: func() {}}
	if view.Storage == storedNowhere {
		release, err := h.limits.unstored.reserve(r.plan.Site.ID + "/" + r.from.network)
		if err != nil {
			return reserved
		}
		reserved.releaseUnstored = release
	}
	for _, pool := range r.plan.Pools {
		if release, ok := h.limits.pools.reserve(pool.ID, r.plan.Sizes[pool.ID], r.from.networks); ok {
			reserved.releasePool[pool.ID] = release
		}
	}
	return reserved
}

// pools returns the set of the pools of which a number is reserved.
func (n reservedNumbers) pools() map[string]bool {
	pools := make(map[string]bool, len(n.releasePool))
	for id := range n.releasePool {
		pools[id] = true
	}
	return pools
}

// settle releases what was reserved, except for the pools that leased a number.
func (n reservedNumbers) settle(leased []string) {
	for id, release := range n.releasePool {
		if !slices.Contains(leased, id) {
			release()
		}
	}
	if len(leased) == 0 {
		n.releaseUnstored()
	}
}

// poolQuota counts the numbers of pools that addresses get.
type poolQuota struct {
	clock    clockwork.Clock
	disabled bool
	mu       sync.Mutex
	used     *lru.Cache[string, []time.Time] // by pool and network: the times within quotaPeriod
}

// reserve spends one number of a pool of this size if each of the networks, the
// narrowest first, has one left. The function undoes it.
func (q *poolQuota) reserve(poolID string, size int, networks []string) (release func(), ok bool) {
	if q.disabled {
		return func() {}, true
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
			return nil, false
		}
		quota *= widerFactor
	}
	for i, network := range networks {
		q.used.Add(poolID+"/"+network, append(recent[i], now))
	}
	return func() { q.release(poolID, networks, now) }, true
}

// release takes back what was reserved at a time.
func (q *poolQuota) release(poolID string, networks []string, at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, network := range networks {
		key := poolID + "/" + network
		recent, _ := q.used.Get(key)
		if i := slices.IndexFunc(recent, at.Equal); i >= 0 {
			q.used.Add(key, slices.Delete(recent, i, i+1))
		}
	}
}
