// Package viewing bounds what those who look at what is stored may take from those who
// report calls and leads (G6). It must not know what they look at.
package viewing

import (
	"context"

	"github.com/jonboulle/clockwork"

	"ringback/internal/bursts"
	"ringback/models"
	"ringback/web/internal/turns"
)

// maxWaiting is how many requests of one account may wait for a place.
const maxWaiting = 32

// What an account that reads much at once is left with while sites report: half of a processor
// at most. A page asks for less at once.
const (
	burst       = 8 // so many requests of an account at once are a burst
	burstPlaces = 1
	burstRests  = 1
)

// Guard has the requests of each account that read take turns.
type Guard struct{ turns *turns.Turns }

// Options are what a Guard needs. All are required.
type Options struct {
	PerAccount int // requests of an account that are answered at once; at least one is
	Clock      clockwork.Clock
	Bursts     *bursts.Bursts // those of this process
	HeldBack   func()         // counts a request that has to wait because sites report
}

// NewGuard returns a Guard. If more requests of an account come at once than are answered, they
// leave about half of what these could use to others, and more while sites report.
func NewGuard(o Options) *Guard {
	return &Guard{turns: turns.New(o.PerAccount, maxWaiting).Resting(o.Clock).Yielding(o.Clock, turns.Yield{
		Bursts: o.Bursts, Burst: burst, Places: burstPlaces, Rests: burstRests, HeldBack: o.HeldBack,
	})}
}

// Begin waits for a place of an account, and returns the context to answer a request
// with, and a function that ends it. A report may read by a second connection while the
// account has another place that no request waits for. It returns the errors of
// turns.Turns.Begin.
func (g *Guard) Begin(ctx context.Context, accountID string) (viewing context.Context, end func(), err error) {
	end, err = g.turns.Begin(ctx, accountID)
	if err != nil {
		return nil, nil, err
	}
	second := func() (release func(), ok bool) { return g.turns.BeginNow(accountID) }
	return models.WithSpare(models.Viewing(ctx), second), end, nil
}
