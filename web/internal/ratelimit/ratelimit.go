// Package ratelimit counts what senders of requests may still do, in the memory of one
// process. It must not know what the requests are.
package ratelimit

import (
	"math"
	"net/netip"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"
	"golang.org/x/time/rate"

	"ringback/internal/fault"
)

// MaxAddresses is how many addresses are held at most. One that was dropped starts again
// with a full allowance.
const MaxAddresses = 50_000

// wideAddresses is how many addresses' allowances an IPv6 /48 has. A customer may have
// all of it, and it has 65,536 networks that would each have an allowance.
const wideAddresses = 10

// Buckets holds an allowance for each of many keys.
type Buckets struct {
	clock     clockwork.Clock
	perSecond rate.Limit
	burst     int
	byKey     *lru.Cache[string, *rate.Limiter]
}

// NewBuckets returns the allowances of at most so many keys, which refill by perSecond.
// Zero means no limit.
func NewBuckets(clock clockwork.Clock, keys int, perSecond, burst float64) *Buckets {
	b := &Buckets{clock: clock, perSecond: rate.Limit(perSecond), burst: int(math.Ceil(burst)), byKey: NewLRU[*rate.Limiter](keys)}
	if perSecond == 0 {
		b.perSecond = rate.Inf
	}
	return b
}

// NewLRU returns a cache of at most size entries.
func NewLRU[V any](size int) *lru.Cache[string, V] {
	cache, err := lru.New[string, V](size)
	if err != nil {
		panic(err) // a size that is not positive
	}
	return cache
}

func (b *Buckets) of(key string) *rate.Limiter {
	if known, ok := b.byKey.Get(key); ok {
		return known
	}
	fresh := rate.NewLimiter(b.perSecond, b.burst)
	if known, ok, _ := b.byKey.PeekOrAdd(key, fresh); ok {
		return known
	}
	return fresh
}

// Take spends one of a key's allowance. It returns fault.RateLimited with the time
// to wait if nothing is left.
func (b *Buckets) Take(key string) error {
	_, err := b.Reserve(key)
	return err
}

// TakeAt is Take of an allowance that refills by perSecond from now on, zero meaning no
// limit, with bursts of burst seconds.
func (b *Buckets) TakeAt(key string, perSecond, burst float64) error {
	now, limit, most := b.clock.Now(), rate.Limit(perSecond), int(math.Ceil(burst*perSecond))
	if perSecond == 0 {
		limit = rate.Inf
	}
	if bucket := b.of(key); bucket.Limit() != limit || bucket.Burst() != most {
		if bucket.Limit() == rate.Inf { // it begins full
			b.byKey.Add(key, rate.NewLimiter(limit, most))
		} else {
			bucket.SetLimitAt(now, limit)
			bucket.SetBurstAt(now, most)
		}
	}
	return b.Take(key)
}

// Reserve is Take with a function that undoes it.
func (b *Buckets) Reserve(key string) (release func(), err error) {
	now := b.clock.Now()
	reservation := b.of(key).ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return func() { reservation.CancelAt(now) }, nil
	}
	reservation.CancelAt(now)
	return nil, limited(wait)
}

// Check returns fault.RateLimited with the time to wait if nothing is left of a key's
// allowance. It spends nothing.
func (b *Buckets) Check(key string) error {
	now := b.clock.Now()
	reservation := b.of(key).ReserveN(now, 1)
	defer reservation.CancelAt(now)
	if wait := reservation.DelayFrom(now); wait > 0 {
		return limited(wait)
	}
	return nil
}

func limited(wait time.Duration) error {
	return fault.New(fault.RateLimited, "too_many_requests").After(wait)
}

// AddressBuckets holds the allowances of addresses and of the wider networks that they
// are part of.
type AddressBuckets struct{ narrow, wide *Buckets }

// NewAddressBuckets returns allowances for each address that refill by perSecond. Zero
// means no limit.
func NewAddressBuckets(clock clockwork.Clock, perSecond, burst float64) AddressBuckets {
	return AddressBuckets{
		narrow: NewBuckets(clock, MaxAddresses, perSecond, burst),
		wide:   NewBuckets(clock, MaxAddresses, wideAddresses*perSecond, wideAddresses*burst),
	}
}

// Take spends one of the allowances of an address and of its wider network, if it has
// one, see Networks. It spends nothing if either has nothing left.
func (b AddressBuckets) Take(networks []string) error {
	release, err := b.narrow.Reserve(networks[0])
	if err != nil || len(networks) == 1 {
		return err
	}
	if err := b.wide.Take(networks[1]); err != nil {
		release()
		return err
	}
	return nil
}

// Check returns fault.RateLimited if an address or its wider network has nothing left. It
// spends nothing.
func (b AddressBuckets) Check(networks []string) error {
	err := b.narrow.Check(networks[0])
	if err != nil || len(networks) == 1 {
		return err
	}
	return b.wide.Check(networks[1])
}

// Networks returns the networks that limits count an address by: an IPv4 address
// itself, or the /64 of an IPv6 address, as every household and every rented machine
// has a whole /64, and then its /48, which customers get on request.
func Networks(address netip.Addr) []string {
	if !address.Is6() {
		return []string{address.String()}
	}
	narrow, wide := netip.PrefixFrom(address, 64), netip.PrefixFrom(address, 48)
	return []string{narrow.Masked().String(), wide.Masked().String()}
}
