// Package viewing bounds what those who look at what is stored may take from those who
// report calls and leads (G6). It must not know what they look at.
package viewing

import (
	"context"

	"github.com/jonboulle/clockwork"

	"ringback/models"
	"ringback/web/internal/turns"
)

// maxWaiting is how many requests of one account may wait for a place.
const maxWaiting = 32

// Guard has the requests of each account that read take turns.
type Guard struct{ turns *turns.Turns }

// NewGuard returns a Guard that answers so many requests of one account at once. If more come
// at once, they leave about half of what these could use to others.
func NewGuard(perAccount int, clock clockwork.Clock) *Guard {
	return &Guard{turns: turns.New(perAccount, maxWaiting).Resting(clock)}
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
