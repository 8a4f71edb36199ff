// Package viewing bounds what those who look at what is stored may take from those who
// report calls and leads (G6). It must not know what they look at.
package viewing

import (
	"context"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/semaphore"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/web/internal/ratelimit"
)

// maxAccounts is how many accounts' places are held at most, and maxWaiting how many
// requests of one account may wait for a place.
const (
	maxAccounts = 10_000
	maxWaiting  = 32
)

// retryAfter is how long a request should wait that found too many before it.
const retryAfter = time.Second

// Guard holds the places of each account in one process: its requests that read are
// answered a few at a time, and the others wait for them.
type Guard struct {
	perAccount int64
	byAccount  *lru.Cache[string, *places]
}

type places struct{ present, answered *semaphore.Weighted }

// NewGuard returns a Guard that answers so many requests of one account at once.
func NewGuard(perAccount int) *Guard {
	return &Guard{perAccount: int64(max(1, perAccount)), byAccount: ratelimit.NewLRU[*places](maxAccounts)}
}

// Begin waits for a place of an account, and returns the context to answer a request
// with, and a function that ends it. It returns fault.RateLimited if too many requests of
// the account wait already, and the cause if ctx is done before a place is free.
func (g *Guard) Begin(ctx context.Context, accountID string) (viewing context.Context, end func(), err error) {
	p := g.of(accountID)
	if !p.present.TryAcquire(1) {
		return nil, nil, fault.New(fault.RateLimited, "too_many_at_once").After(retryAfter)
	}
	if err := p.answered.Acquire(ctx, 1); err != nil {
		p.present.Release(1)
		return nil, nil, fmt.Errorf("waiting for other requests of the account: %w", err)
	}
	return models.Viewing(ctx), func() {
		p.answered.Release(1)
		p.present.Release(1)
	}, nil
}

func (g *Guard) of(accountID string) *places {
	if known, ok := g.byAccount.Get(accountID); ok {
		return known
	}
	fresh := &places{present: semaphore.NewWeighted(g.perAccount + maxWaiting), answered: semaphore.NewWeighted(g.perAccount)}
	if known, ok, _ := g.byAccount.PeekOrAdd(accountID, fresh); ok {
		return known
	}
	return fresh
}
