package collect

import (
	"slices"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"

	"ringback/models"
	"ringback/web/internal/ratelimit"
)

// One address holds at most a tenth of each pool's numbers at a time, but at least
// minQuota, so that fake visits cannot exhaust a pool. A wider network holds a multiple
// of that.
const (
	minQuota      = 2
	quotaDivisor  = 10 // the quota of one address is one in so many numbers of the pool
	widerFactor   = 2  // the quota of a wider network, in quotas of the narrower one
	unstoredViews = 5  // page views within newSessionsPeriod of browsers that store nothing
	maxNumbers    = 200_000
)

// reservedNumbers is what a page view has reserved of the quotas of its address. It
// counts as spent until it is settled.
type reservedNumbers struct {
	ofPool          map[string]reservation // by the id of the pool
	releaseUnstored func()
}

// reserveNumbers reserves a number of each pool that has a quota left for a session
// that gets a number there. Every page view of a browser that stores nothing is a
// visitor of its own with a number for half an hour: an address gets few of those.
func (h *Handler) reserveNumbers(r scriptRequest, view models.Activity) reservedNumbers {
	reserved := reservedNumbers{ofPool: map[string]reservation{}, releaseUnstored: func() {}}
	if view.Storage == storedNowhere {
		release, err := h.limits.unstored.Reserve(r.plan.Site.ID + "/" + r.from.network)
		if err != nil {
			return reserved
		}
		reserved.releaseUnstored = release
	}
	for _, pool := range r.plan.Pools {
		if place, ok := h.limits.pools.reserve(pool.ID, r.plan.Sizes[pool.ID], r.from.networks); ok {
			reserved.ofPool[pool.ID] = place
		}
	}
	return reserved
}

// pools returns the set of the pools of which a number is reserved.
func (n reservedNumbers) pools() map[string]bool {
	pools := make(map[string]bool, len(n.ofPool))
	for id := range n.ofPool {
		pools[id] = true
	}
	return pools
}

// settleNumbers counts the numbers that a page view is shown as held, and releases what
// was reserved.
func (h *Handler) settleNumbers(r scriptRequest, reserved reservedNumbers, result models.ActivityResult) {
	for _, shown := range result.Numbers {
		if shown.PoolID != "" && shown.NumberID != "" {
			isNew := slices.Contains(result.Leased, shown.PoolID)
			h.limits.pools.hold(shown.PoolID, shown.NumberID, r.from.networks, isNew, r.plan.LeaseTime(shown.PoolID))
		}
	}
	for _, place := range reserved.ofPool {
		h.limits.pools.release(place)
	}
	if len(result.Leased) == 0 {
		reserved.releaseUnstored()
	}
}

// poolQuota counts which numbers of pools the addresses hold that got them. A number
// counts for the address that it was leased through for as long as the visitor keeps it,
// from whichever address the visitor goes on: otherwise patience, or a second address,
// would be a way to hold all of a pool.
type poolQuota struct {
	clock    clockwork.Clock
	disabled bool

	mu      sync.Mutex
	holders *lru.Cache[string, *holder]     // by pool and network
	leases  *lru.Cache[string, numberLease] // by the id of the number
}

// holder is what the addresses of one network have of one pool.
type holder struct {
	numbers  map[string]bool // the ids of the numbers; some may be over
	reserved int             // by page views that are being stored
}

// numberLease is what is known of the lease of a number.
type numberLease struct {
	keys  []string // of the holders that it counts for
	until time.Time
}

// reservation is a place of the quotas of these holders that a page view may use.
type reservation []string

func newPoolQuota(clock clockwork.Clock, disabled bool) *poolQuota {
	return &poolQuota{clock: clock, disabled: disabled, holders: ratelimit.NewLRU[*holder](ratelimit.MaxAddresses), leases: ratelimit.NewLRU[numberLease](maxNumbers)}
}

// reserve takes one place of a pool of this size if each of the networks, the narrowest
// first, has one left.
func (q *poolQuota) reserve(poolID string, size int, networks []string) (place reservation, ok bool) {
	if q.disabled {
		return nil, true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	quota, keys := max(minQuota, size/quotaDivisor), holderKeys(poolID, networks)
	for _, key := range keys {
		if q.taken(key) >= quota {
			return nil, false
		}
		quota *= widerFactor
	}
	for _, key := range keys {
		q.of(key).reserved++
	}
	return keys, true
}

// release takes a reservation back.
func (q *poolQuota) release(place reservation) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, key := range place {
		if h, ok := q.holders.Get(key); ok && h.reserved > 0 {
			h.reserved--
		}
	}
}

// hold counts a number that is shown until the lease time is over. A number that was
// leased with this page view, or whose lease is not known, counts for these networks.
func (q *poolQuota) hold(poolID, numberID string, networks []string, isNew bool, leaseTime time.Duration) {
	if q.disabled {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	lease, known := q.leases.Get(numberID)
	if isNew || !known || !lease.until.After(q.clock.Now()) {
		for _, key := range lease.keys {
			if h, ok := q.holders.Get(key); ok {
				delete(h.numbers, numberID)
			}
		}
		lease.keys = holderKeys(poolID, networks)
		for _, key := range lease.keys {
			q.of(key).numbers[numberID] = true
		}
	}
	lease.until = q.clock.Now().Add(leaseTime)
	q.leases.Add(numberID, lease)
}

// taken returns how many places of a holder are taken, and drops the leases that are over.
func (q *poolQuota) taken(key string) int {
	h, ok := q.holders.Get(key)
	if !ok {
		return 0
	}
	for numberID := range h.numbers {
		if lease, known := q.leases.Peek(numberID); !known || !lease.until.After(q.clock.Now()) {
			delete(h.numbers, numberID)
		}
	}
	return len(h.numbers) + h.reserved
}

func (q *poolQuota) of(key string) *holder {
	h, ok := q.holders.Get(key)
	if !ok {
		h = &holder{numbers: map[string]bool{}}
		q.holders.Add(key, h)
	}
	return h
}

// holderKeys returns the keys of the holders that a pool's numbers are counted by.
func holderKeys(poolID string, networks []string) []string {
	keys := make([]string, len(networks))
	for i, network := range networks {
		keys[i] = poolID + "/" + network
	}
	return keys
}
