package web

import (
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"
	"golang.org/x/time/rate"

	"ringback/fault"
	"ringback/models"
)

// Limits bound what the scripts may send, for each process by itself. Zero is no limit.
type Limits struct {
	RequestsPerAddress    float64 // per second, five times as many at once; an IPv6 /64 is one address
	LeadsPerAddress       float64 // per second, thirty times as many at once
	RequestsPerSite       float64 // per second, twice as many at once
	NewSessionsPerAddress int     // of one site in ten minutes; who makes more is shown no number of ours
}

// How many addresses, sites and visitors are remembered at most. Who is
// forgotten begins anew with a full allowance.
const (
	rememberedAddresses = 50_000
	rememberedSites     = 10_000
	rememberedVisitors  = 100_000
)

const newSessionsWithin = 10 * time.Minute

// limits are the Limits at work.
type limits struct {
	requests, leads, sites *buckets
	newSessions            *newSessions
}

func newLimits(l Limits, clock clockwork.Clock) limits {
	return limits{
		requests: newBuckets(clock, rememberedAddresses, l.RequestsPerAddress, 5*l.RequestsPerAddress),
		leads:    newBuckets(clock, rememberedAddresses, l.LeadsPerAddress, 30*l.LeadsPerAddress),
		sites:    newBuckets(clock, rememberedSites, l.RequestsPerSite, 2*l.RequestsPerSite),
		newSessions: &newSessions{
			buckets: newBuckets(clock, rememberedAddresses, float64(l.NewSessionsPerAddress)/newSessionsWithin.Seconds(), float64(l.NewSessionsPerAddress)),
			known:   newLRU[struct{}](rememberedVisitors),
		},
	}
}

// buckets hold an allowance for each of many keys.
type buckets struct {
	clock     clockwork.Clock
	perSecond rate.Limit
	burst     int
	byKey     *lru.Cache[string, *rate.Limiter]
}

// newBuckets makes allowances that refill by so many per second; 0: they never end.
func newBuckets(clock clockwork.Clock, keys int, perSecond, burst float64) *buckets {
	b := &buckets{clock: clock, perSecond: rate.Limit(perSecond), burst: int(math.Ceil(burst)), byKey: newLRU[*rate.Limiter](keys)}
	if perSecond == 0 {
		b.perSecond = rate.Inf
	}
	return b
}

func newLRU[V any](size int) *lru.Cache[string, V] {
	cache, err := lru.New[string, V](size)
	if err != nil {
		panic(err) // a size that is not positive
	}
	return cache
}

func (b *buckets) of(key string) *rate.Limiter {
	if known, ok := b.byKey.Get(key); ok {
		return known
	}
	fresh := rate.NewLimiter(b.perSecond, b.burst)
	if known, ok, _ := b.byKey.PeekOrAdd(key, fresh); ok {
		return known
	}
	return fresh
}

// reserve takes one of a key's allowance, which giveBack returns. It says how
// long to wait for the next when there is none, and takes nothing then.
func (b *buckets) reserve(key string) (giveBack func(), wait time.Duration) {
	now := b.clock.Now()
	reservation := b.of(key).ReserveN(now, 1)
	if wait := reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		return func() {}, wait
	}
	return func() { reservation.CancelAt(now) }, 0
}

// take uses one of a key's allowance up.
func (b *buckets) take(key string) error {
	if _, wait := b.reserve(key); wait > 0 {
		return &fault.Error{Code: fault.RateLimited, Message: "too many requests; send this again later", RetryAfter: wait}
	}
	return nil
}

// newSessions keeps a page of somebody's own from taking all numbers of a pool:
// an address that makes too many new sessions of a site is given no more. Visitors
// who were here before keep theirs.
type newSessions struct {
	buckets *buckets
	known   *lru.Cache[string, struct{}] // visitors whose session counted, or was there already
}

// enter says whether a page view may have numbers. Left is told what it was.
func (n *newSessions) enter(siteID, network, visitorID string) (welcome bool, left func(models.Seen, error)) {
	visitor, address := siteID+"/"+visitorID, siteID+"/"+network
	if n.known.Contains(visitor) {
		return true, func(seen models.Seen, _ error) {
			if seen.New && n.buckets.take(address) != nil {
				n.known.Remove(visitor)
			}
		}
	}
	giveBack, wait := n.buckets.reserve(address)
	return wait == 0, func(seen models.Seen, err error) {
		if !seen.New {
			giveBack()
		}
		if err == nil && (wait == 0 || !seen.New) {
			n.known.Add(visitor, struct{}{})
		}
	}
}
