package delivery

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// DayStore counts the sends of accounts by day.
type DayStore interface {
	// AccountOfSite returns the account that a site belongs to.
	AccountOfSite(ctx context.Context, siteID string) (string, error)
	// ReserveDay reserves sends of the current day. It returns how many, zero if the
	// account has used up its sends of the day.
	ReserveDay(ctx context.Context, accountID string) (granted int, day Day, err error)
}

// fullFor is for how long an account that has used up its sends is not asked for again.
// The operator may have raised its limit.
const fullFor = 10 * time.Second

// Day is what an account may send on the current day.
type Day struct {
	UsedUp bool
	Limit  int       // sends of the account; zero means no limit
	Ends   time.Time // when the next day begins
}

// Daily hands out the sends that an account may make on a day. It reserves them in
// blocks, so that few sends write to the database. It is safe for concurrent use.
type Daily struct {
	store DayStore
	clock clockwork.Clock

	mu        sync.Mutex
	accounts  map[string]string // of sites
	byAccount map[string]*allowance
}

// allowance is what is left of the sends that were reserved for an account.
type allowance struct {
	mu        sync.Mutex
	left      int
	day       Day
	fullUntil time.Time
}

// maxHeld is how many sites and accounts are held. If there are more, all begin anew,
// and what was reserved for them is lost.
const maxHeld = 10_000

// NewDaily returns a Daily.
func NewDaily(store DayStore, clock clockwork.Clock) *Daily {
	return &Daily{store: store, clock: clock, accounts: map[string]string{}, byAccount: map[string]*allowance{}}
}

// Take spends a send of the account of a site, unless the account has used up the sends
// of the day. Undo restores the send if it is not made after all.
func (d *Daily) Take(ctx context.Context, siteID string) (day Day, undo func(), err error) {
	account, err := d.accountOf(ctx, siteID)
	if err != nil {
		return Day{}, nil, err
	}
	a := held(d, d.byAccount, account, func() *allowance { return &allowance{} })
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.refill(ctx, d.store, account, d.clock.Now()); err != nil {
		return Day{}, nil, err
	}
	if a.left == 0 {
		used := a.day
		used.UsedUp = true
		return used, func() {}, nil
	}
	a.left--
	taken := a.day
	return taken, func() { a.restore(taken) }, nil
}

// refill reserves further sends if none is left.
func (a *allowance) refill(ctx context.Context, store DayStore, account string, now time.Time) error {
	if !now.Before(a.day.Ends) {
		a.left, a.fullUntil = 0, time.Time{}
	}
	if a.left > 0 || now.Before(a.fullUntil) {
		return nil
	}
	granted, day, err := store.ReserveDay(ctx, account)
	if err != nil {
		return fmt.Errorf("reserving sends of the day: %w", err)
	}
	if a.left, a.day = granted, day; granted == 0 {
		a.fullUntil = now.Add(fullFor)
	}
	return nil
}

// restore adds a send that was not made to what is left of its day.
func (a *allowance) restore(taken Day) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if taken.Ends.Equal(a.day.Ends) {
		a.left++
	}
}

func (d *Daily) accountOf(ctx context.Context, siteID string) (string, error) {
	d.mu.Lock()
	account, ok := d.accounts[siteID]
	d.mu.Unlock()
	if ok {
		return account, nil
	}
	account, err := d.store.AccountOfSite(ctx, siteID)
	if err != nil {
		return "", fmt.Errorf("finding the account of a site: %w", err)
	}
	return held(d, d.accounts, siteID, func() string { return account }), nil
}

// held returns the value of a key, creating it if there is none.
func held[V any](d *Daily, all map[string]V, key string, create func() V) V {
	d.mu.Lock()
	defer d.mu.Unlock()
	value, ok := all[key]
	if !ok {
		if len(all) >= maxHeld {
			clear(all)
		}
		value = create()
		all[key] = value
	}
	return value
}
