package collect

import (
	"time"

	"ringback/web/internal/ratelimit"
	"ringback/web/internal/turns"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"
)

// Limits bound what the script may post, for each process by itself. Zero means no limit,
// except of AtOnce, which is at least one.
type Limits struct {
	RequestsPerAddress    float64 // per second, with bursts of five times as many; an IPv6 /64 counts as one address, and a /48 as ten
	LeadsPerAddress       float64 // per second, with bursts of thirty times as many
	RequestsPerSite       float64 // per second, with bursts of twice as many
	NewSessionsPerAddress int     // that one address may start on one site within ten minutes; beyond that it gets no numbers. Zero also disables the quota of pools
	AtOnce                int     // requests other than leads and page views that are stored at once; all but one of them of one site
	ViewsAtOnce           int     // page views, which share a few transactions, that are stored at once, likewise; AtOnce if it is more
}

// How many sites and visitors are held at most. One that was dropped
// starts again with a full allowance.
const (
	maxSites    = 10_000
	maxVisitors = 100_000
)

const newSessionsPeriod = 10 * time.Minute

// forgetDivisor is how many requests an address may send for each withdrawal of consent.
// Each of these stores a row, whether or not the visitor is known.
const forgetDivisor = 10

// waiting is how many requests of one site may wait until others are stored.
const waiting = 500

// rateLimits applies the Limits.
type rateLimits struct {
	requests, leads, forgets ratelimit.AddressBuckets
	sites                    *ratelimit.Buckets
	newSessions              *newSessions
	unstored                 *ratelimit.Buckets // visits of browsers that store nothing
	pools                    *poolQuota
	views                    *turns.Turns // of page views
	turns                    *turns.Turns // of all other requests but leads
}

func newRateLimits(l Limits, clock clockwork.Clock) rateLimits {
	within, pages := newSessionsPeriod.Seconds(), float64(unstoredViews)
	if l.NewSessionsPerAddress == 0 {
		pages = 0
	}
	return rateLimits{
		requests: ratelimit.NewAddressBuckets(clock, l.RequestsPerAddress, 5*l.RequestsPerAddress),
		leads:    ratelimit.NewAddressBuckets(clock, l.LeadsPerAddress, 30*l.LeadsPerAddress),
		forgets:  ratelimit.NewAddressBuckets(clock, l.RequestsPerAddress/forgetDivisor, l.RequestsPerAddress),
		sites:    ratelimit.NewBuckets(clock, maxSites, l.RequestsPerSite, 2*l.RequestsPerSite),
		newSessions: &newSessions{
			allowance: ratelimit.NewBuckets(clock, ratelimit.MaxAddresses, float64(l.NewSessionsPerAddress)/within, float64(l.NewSessionsPerAddress)),
			known:     ratelimit.NewLRU[struct{}](maxVisitors),
		},
		unstored: ratelimit.NewBuckets(clock, ratelimit.MaxAddresses, pages/within, pages),
		pools:    newPoolQuota(clock, l.NewSessionsPerAddress == 0),
		turns:    turns.NewShared(l.AtOnce, waiting),
		views:    turns.NewShared(max(l.AtOnce, l.ViewsAtOnce), waiting),
	}
}

// newSessions bounds the sessions for which an address gets numbers, so that fake
// visits cannot exhaust a pool. A visitor who has a number keeps it, so that nobody
// suffers for a neighbour behind the same address.
type newSessions struct {
	allowance *ratelimit.Buckets
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
			if n.allowance.Take(address) != nil {
				n.known.Remove(visitor)
			}
		}
	}
	if n.allowance.Take(address) != nil {
		return false, func() {}
	}
	n.known.Add(visitor, struct{}{})
	return true, func() {}
}
