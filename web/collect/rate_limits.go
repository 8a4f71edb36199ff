package collect

import (
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"
	"golang.org/x/time/rate"

	"ringback/internal/fault"
)

// Limits bound what the script may post, for each process by itself. Zero means no limit.
type Limits struct {
	RequestsPerAddress    float64 // per second, with bursts of five times as many; an IPv6 /64 counts as one address, and a /48 as ten
	LeadsPerAddress       float64 // per second, with bursts of thirty times as many
	RequestsPerSite       float64 // per second, with bursts of twice as many
	NewSessionsPerAddress int     // that one address may start on one site within ten minutes; beyond that it gets no numbers. Zero also disables the quota of pools
}

// How many addresses, sites and visitors are held at most. One that was dropped
// starts again with a full allowance.
const (
	maxAddresses = 50_000
	maxSites     = 10_000
	maxVisitors  = 100_000
)

const newSessionsPeriod = 10 * time.Minute

// wideAddresses is how many addresses' allowances an IPv6 /48 has. A customer may have
// all of it, and it has 65,536 networks that would each have an allowance.
const wideAddresses = 10

// forgetDivisor is how many requests an address may send for each withdrawal of consent.
// Each of these stores a row, whether or not the visitor is known.
const forgetDivisor = 10

// rateLimits applies the Limits.
type rateLimits struct {
	requests, leads, forgets addressBuckets
	sites                    *buckets
	newSessions              *newSessions
	unstored                 *buckets // visits of browsers that store nothing
	pools                    *poolQuota
}

func newRateLimits(l Limits, clock clockwork.Clock) rateLimits {
	within, pages := newSessionsPeriod.Seconds(), float64(unstoredViews)
	if l.NewSessionsPerAddress == 0 {
		pages = 0
	}
	return rateLimits{
		requests: newAddressBuckets(clock, l.RequestsPerAddress, 5*l.RequestsPerAddress),
		leads:    newAddressBuckets(clock, l.LeadsPerAddress, 30*l.LeadsPerAddress),
		forgets:  newAddressBuckets(clock, l.RequestsPerAddress/forgetDivisor, l.RequestsPerAddress),
		sites:    newBuckets(clock, maxSites, l.RequestsPerSite, 2*l.RequestsPerSite),
		newSessions: &newSessions{
			allowance: newBuckets(clock, maxAddresses, float64(l.NewSessionsPerAddress)/within, float64(l.NewSessionsPerAddress)),
			known:     newLRU[struct{}](maxVisitors),
		},
		unstored: newBuckets(clock, maxAddresses, pages/within, pages),
		pools:    newPoolQuota(clock, l.NewSessionsPerAddress == 0),
	}
}

// buckets holds an allowance for each of many keys.
type buckets struct {
	clock     clockwork.Clock
	perSecond rate.Limit
	burst     int
	byKey     *lru.Cache[string, *rate.Limiter]
}

// newBuckets returns allowances that refill by perSecond. Zero means no limit.
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

// take spends one of a key's allowance. It returns fault.RateLimited with the time
// to wait if nothing is left.
func (b *buckets) take(key string) error {
	_, err := b.reserve(key)
	return err
}

// reserve is take with a function that undoes it.
func (b *buckets) reserve(key string) (release func(), err error) {
	now := b.clock.Now()
	reservation := b.of(key).ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return func() { reservation.CancelAt(now) }, nil
	}
	reservation.CancelAt(now)
	return nil, &fault.Error{Code: fault.RateLimited, Message: "too many requests; send this again later", RetryAfter: wait}
}

// addressBuckets holds the allowances of addresses and of the wider networks that they
// are part of.
type addressBuckets struct{ narrow, wide *buckets }

func newAddressBuckets(clock clockwork.Clock, perSecond, burst float64) addressBuckets {
	return addressBuckets{
		narrow: newBuckets(clock, maxAddresses, perSecond, burst),
		wide:   newBuckets(clock, maxAddresses, wideAddresses*perSecond, wideAddresses*burst),
	}
}

// take spends one of the allowances of an address and of its wider network, if it has
// one. It spends nothing if either has nothing left.
func (b addressBuckets) take(networks []string) error {
	release, err := b.narrow.reserve(networks[0])
	if err != nil || len(networks) == 1 {
		return err
	}
	if err := b.wide.take(networks[1]); err != nil {
		release()
		return err
	}
	return nil
}

// newSessions bounds the sessions for which an address gets numbers, so that fake
// visits cannot exhaust a pool. A visitor who has a number keeps it, so that nobody
// suffers for a neighbour behind the same address.
type newSessions struct {
	allowance *buckets
	known     *lru.Cache[string, struct{}] // visitors whose sessions were counted
}

// admit reports whether a visitor may get new numbers. A visitor who is not known
// counts as a new session, whatever the page view turns out to be: otherwise coming
// back would be a way around the limit. The function must be called if the page
// view started a session.
func (n *newSessions) admit(siteID, network, visitorID string) (admitted bool, sessionStarted func()) {
	visitor, address := siteID+"/"+visitorID, siteID+"/"+network
	if n.known.Contains(visitor) {
		return true, func() {
			if n.allowance.take(address) != nil {
				n.known.Remove(visitor)
			}
		}
	}
	if n.allowance.take(address) != nil {
		return false, func() {}
	}
	n.known.Add(visitor, struct{}{})
	return true, func() {}
}
