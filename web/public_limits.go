package web

import (
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"
	"golang.org/x/time/rate"

	"ringback/internal/fault"
)

// Limits bound what the scripts may send, for each process by itself. Zero is no limit.
type Limits struct {
	RequestsPerAddress    float64 // per second, five times as many at once; an IPv6 /64 is one address
	LeadsPerAddress       float64 // per second, thirty times as many at once
	RequestsPerSite       float64 // per second, twice as many at once
	NewSessionsPerAddress int     // of one site in ten minutes; who makes more is given no number of ours; zero: nor do shares of pools count
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
	unstored               *buckets // visits of browsers that store nothing
	shares                 *shares
}

func newLimits(l Limits, clock clockwork.Clock) limits {
	within, pages := newSessionsWithin.Seconds(), float64(pagesUnstored)
	if l.NewSessionsPerAddress == 0 {
		pages = 0
	}
	return limits{
		requests: newBuckets(clock, rememberedAddresses, l.RequestsPerAddress, 5*l.RequestsPerAddress),
		leads:    newBuckets(clock, rememberedAddresses, l.LeadsPerAddress, 30*l.LeadsPerAddress),
		sites:    newBuckets(clock, rememberedSites, l.RequestsPerSite, 2*l.RequestsPerSite),
		newSessions: &newSessions{
			allowance: newBuckets(clock, rememberedAddresses, float64(l.NewSessionsPerAddress)/within, float64(l.NewSessionsPerAddress)),
			welcome:   newLRU[struct{}](rememberedVisitors),
		},
		unstored: newBuckets(clock, rememberedAddresses, pages/within, pages),
		shares:   &shares{clock: clock, off: l.NewSessionsPerAddress == 0, given: newLRU[[]time.Time](rememberedAddresses)},
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

// take uses one of a key's allowance up; fault.RateLimited with the time to wait
// for the next when there is none.
func (b *buckets) take(key string) error {
	now := b.clock.Now()
	reservation := b.of(key).ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	reservation.CancelAt(now)
	return &fault.Error{Code: fault.RateLimited, Message: "too many requests; send this again later", RetryAfter: wait}
}

// newSessions keep somebody who makes sessions up from taking all numbers of a
// pool: an address that has begun too many at a site gets no numbers for more.
// Who has numbers keeps them, so that nobody suffers for a neighbour.
type newSessions struct {
	allowance *buckets
	welcome   *lru.Cache[string, struct{}] // visitors whose sessions counted
}

// enter reports whether a visitor's page may be given new numbers of ours. A visitor who is not
// remembered counts as a new session, whatever the page view turns out to be:
// otherwise coming back would be a way around. Began is called when the page view
// began a session.
func (n *newSessions) enter(siteID, network, visitorID string) (welcome bool, began func()) {
	visitor, address := siteID+"/"+visitorID, siteID+"/"+network
	if n.welcome.Contains(visitor) {
		return true, func() {
			if n.allowance.take(address) != nil {
				n.welcome.Remove(visitor)
			}
		}
	}
	if n.allowance.take(address) != nil {
		return false, func() {}
	}
	n.welcome.Add(visitor, struct{}{})
	return true, func() {}
}
