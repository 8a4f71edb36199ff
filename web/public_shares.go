package web

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"

	"ringback/models"
)

// Of each pool one address gets at most a tenth of the numbers anew within
// shareWithin, and never less than leastShare: who makes visits up empties no
// pool. A network of many addresses gets a wider share.
const (
	shareWithin   = 30 * time.Minute
	leastShare    = 2
	shareOfPool   = 10 // one in so many
	widerShare    = 2  // times that of one address
	pagesUnstored = 5  // visits in newSessionsWithin of browsers that store nothing
)

// takes says for a page view whether it may be given a number of a pool that its
// session does not have yet. Who has a number keeps it, whatever this says. Every
// page of a browser that stores nothing is a visitor of its own, who takes a
// number for half an hour: of those an address gets few.
func (s *server) takes(p posted, view models.Activity, welcome bool) func(models.Pool) bool {
	may := sync.OnceValue(func() bool {
		return welcome && (view.Storage != storedNowhere || s.limits.unstored.take(p.plan.Site.ID+"/"+p.from.network) == nil)
	})
	withheld := sync.OnceFunc(s.Metrics.NumbersWithheld)
	return func(pool models.Pool) bool {
		given := may() && s.limits.shares.take(pool.ID, p.plan.Sizes[pool.ID], p.from.networks)
		if !given {
			withheld()
		}
		return given
	}
}

// shares count the numbers of pools that addresses get.
type shares struct {
	clock clockwork.Clock
	off   bool
	mu    sync.Mutex
	given *lru.Cache[string, []time.Time] // by pool and network: when, of those within shareWithin
}

// take returns a number of a pool of this size to an address, if its networks, the
// narrowest first, have not had their shares.
func (s *shares) take(poolID string, size int, networks []string) bool {
	if s.off {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now, share := s.clock.Now(), max(leastShare, size/shareOfPool)
	recent := make([][]time.Time, len(networks))
	for i, network := range networks {
		recent[i], _ = s.given.Get(poolID + "/" + network)
		for len(recent[i]) > 0 && now.Sub(recent[i][0]) >= shareWithin {
			recent[i] = recent[i][1:]
		}
		if len(recent[i]) >= share {
			return false
		}
		share *= widerShare
	}
	for i, network := range networks {
		s.given.Add(poolID+"/"+network, append(recent[i], now))
	}
	return true
}
