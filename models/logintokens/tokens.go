// Package logintokens is the tokens that integrations obtained by themselves so that they
// are let in, as part of the store. One process at a time renews those of an integration,
// and stores the new ones before they are used.
//
// It must not know how tokens are obtained, nor of HTTP or Temporal.
package logintokens

import (
	"context"
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"
	"gorm.io/gorm"

	"ringback/internal/backoff"
	"ringback/internal/ids"
	"ringback/internal/settings"
	"ringback/models/database"
)

// renewalLease is how long a renewal may take. It is longer than any attempt, so that
// no other process begins a renewal while one is in progress.
const renewalLease = 90 * time.Second

// lookAgain is how often a process reads whether another one has renewed the tokens.
const lookAgain = 200 * time.Millisecond

// storeTokensFor is how long to retry storing new tokens. The old ones may be gone, so
// tokens that are not stored cost the owner a sign-in.
const storeTokensFor = 30 * time.Second

// Tokens are the tokens of an integration.
type Tokens struct {
	IntegrationID string            `gorm:"primaryKey"`
	Credentials   map[string]string `gorm:"serializer:sealed"`
	Version       int64             // increases with each renewal, and when the owner changes the credentials
	Lease         string            // the renewal in progress, empty if there is none
	LeasedUntil   *time.Time
	UpdatedAt     time.Time

	unreadable bool // no key opens the tokens, so that they are obtained anew
}

// TableName returns the name of the table.
func (Tokens) TableName() string { return "integration_tokens" }

// MarkUnreadable records that no key opens the tokens.
func (t *Tokens) MarkUnreadable(string) { t.unreadable = true }

// Seals returns what is known of the tokens.
func (t *Tokens) Seals() database.SealedColumns {
	return database.SealedColumns{Of: "the tokens of " + t.IntegrationID, Readable: map[string]bool{database.CredentialsColumn: !t.unreadable}}
}

// isLeased reports whether a process renews the tokens now.
func (t *Tokens) isLeased(now time.Time) bool {
	return t.LeasedUntil != nil && t.LeasedUntil.After(now)
}

func (t *Tokens) set() settings.TokenSet {
	return settings.TokenSet{Values: t.Credentials, Version: t.Version}
}

// Store holds the tokens of all integrations. It is safe for concurrent use. Its errors
// are those of database.DB.WrapErr.
type Store struct {
	db    *database.DB
	clock clockwork.Clock
}

// New returns the tokens of a database. Waiting goes by the clock.
func New(db *database.DB, clock clockwork.Clock) *Store { return &Store{db: db, clock: clock} }

// IntegrationTokens returns where an integration's tokens are kept for all processes.
func (s *Store) IntegrationTokens(integrationID string) settings.Tokens {
	return keeper{Store: s, integrationID: integrationID}
}

// keeper implements settings.Tokens.
type keeper struct {
	*Store
	integrationID string
}

// Load implements settings.Tokens.
func (k keeper) Load(ctx context.Context) (settings.TokenSet, error) {
	row, err := k.read(ctx)
	return row.set(), err
}

func (k keeper) read(ctx context.Context) (Tokens, error) {
	row, err := database.First[Tokens](k.db.Read(ctx).Where("integration_id = ?", k.integrationID))
	if err != nil || row == nil {
		return Tokens{IntegrationID: k.integrationID}, k.db.WrapErr("reading an integration's tokens", err)
	}
	return *row, nil
}

// Renew implements settings.Tokens. The lease is taken and released in statements of
// their own, so that no transaction is open during the request to the login server.
func (k keeper) Renew(ctx context.Context, seen int64, renew func(context.Context, settings.TokenSet) (map[string]string, error)) (settings.TokenSet, error) {
	lease := ids.New(ids.Attempt)
	for {
		current, err := k.read(ctx)
		switch {
		case err != nil:
			return settings.TokenSet{}, err
		case current.Version > seen && len(current.Credentials) > 0:
			return current.set(), nil
		case current.Version > seen: // the owner changed the credentials, and nobody has used them yet
			seen = current.Version
			continue
		case !current.isLeased(k.db.Now()):
			won, err := k.claim(ctx, seen, lease)
			if err != nil {
				return settings.TokenSet{}, err
			}
			if won {
				current.Lease = lease
				return k.renewed(ctx, current, renew)
			}
		}
		select {
		case <-k.clock.After(lookAgain):
		case <-ctx.Done():
			return settings.TokenSet{}, fmt.Errorf("waiting for another process that renews the tokens: %w", ctx.Err())
		}
	}
}

// claim takes the lease if the tokens are those that were seen and nobody renews them.
func (k keeper) claim(ctx context.Context, seen int64, lease string) (bool, error) {
	now := k.db.Now()
	won := false
	err := k.db.Tx(ctx, "claiming the renewal of tokens", func(tx *gorm.DB) error {
		fresh := Tokens{IntegrationID: k.integrationID, UpdatedAt: now}
		if _, err := database.InsertOnce(tx, &fresh); err != nil {
			return err
		}
		claimed := tx.Model(&Tokens{}).
			Where("integration_id = ? AND version = ?", k.integrationID, seen).
			Where("leased_until IS NULL OR leased_until <= ?", now).
			UpdateColumns(map[string]any{"lease": lease, "leased_until": now.Add(renewalLease)})
		won = claimed.RowsAffected == 1
		return claimed.Error
	})
	return won, err
}

// renewed renews the tokens under the lease of current, and stores them.
func (k keeper) renewed(ctx context.Context, current Tokens, renew func(context.Context, settings.TokenSet) (map[string]string, error)) (settings.TokenSet, error) {
	values, err := renew(ctx, current.set())
	ctx = context.WithoutCancel(ctx) // the old tokens may be gone, and others wait for the lease
	next := current
	next.Lease, next.LeasedUntil, next.UpdatedAt = "", nil, k.db.Now()
	if err != nil {
		_, released := k.write(ctx, current, next, "lease", "leased_until")
		if released != nil {
			return settings.TokenSet{}, fmt.Errorf("%w; releasing the lease: %w", err, released)
		}
		return settings.TokenSet{}, err
	}
	next.Credentials, next.Version = values, current.Version+1
	stored, err := k.storeFor(ctx, current, next)
	if err != nil {
		return settings.TokenSet{}, err
	}
	if !stored {
		return settings.TokenSet{}, settings.ErrTokensReplaced
	}
	return next.set(), nil
}

var storeSchedule = backoff.Doubling{First: 100 * time.Millisecond, Max: 2 * time.Second}

// storeFor stores new tokens, and retries while the database does not answer.
func (k keeper) storeFor(ctx context.Context, current, next Tokens) (bool, error) {
	deadline := k.clock.Now().Add(storeTokensFor)
	for failures := 1; ; failures++ {
		stored, err := k.write(ctx, current, next, "credentials", "version", "lease", "leased_until", "updated_at")
		if err == nil || k.clock.Now().After(deadline) {
			return stored, err
		}
		<-k.clock.After(storeSchedule.Delay(failures))
	}
}

// write stores columns of the tokens if the lease is still that of current. It
// reports whether it was.
func (k keeper) write(ctx context.Context, current, next Tokens, columns ...string) (bool, error) {
	result := k.db.Write(ctx).Where("version = ? AND lease = ?", current.Version, current.Lease).Select(columns).Updates(&next)
	return result.RowsAffected == 1, k.db.WrapErr("storing an integration's tokens", result.Error)
}

// Drop removes the tokens of an integration whose credentials or address have changed:
// they belong to the old ones. A renewal in progress stores nothing then.
func Drop(tx *gorm.DB, integrationID string) error {
	return tx.Model(&Tokens{}).Where("integration_id = ?", integrationID).UpdateColumns(map[string]any{
		"credentials": nil, "version": gorm.Expr("version + 1"), "lease": "", "leased_until": nil, "updated_at": tx.NowFunc(),
	}).Error
}
