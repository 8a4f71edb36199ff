// Package auth authenticates the bearers of tokens and holds the table of what
// each role may do. It must not know HTTP.
package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/models/quotas"
	"ringback/models/users"
	"ringback/web/internal/cache"
	"ringback/web/internal/ratelimit"
)

// AccountHeader is the header in which the operator names the account to act for.
const AccountHeader = "Ringback-Account"

// tokenTTL is how long a revoked token may still work in another process.
const tokenTTL = 10 * time.Second

// operatorSession is what the name of the operator begins with in a session. The rest is a
// part of the hash of the operator's token, so that a new token ends the sessions.
const operatorSession = "operator/"

// Store is what an Authenticator reads.
type Store interface {
	DefaultAccount(ctx context.Context) (accounts.Account, error)
	Account(ctx context.Context, id string) (accounts.Account, error)
	TokenByID(ctx context.Context, id string) (accounts.Token, error)
	TokenUsed(ctx context.Context, t accounts.Token) error
	LimitsOf(ctx context.Context, accountID string) (quotas.Limits, error)
	Access(ctx context.Context, sessionID string) (users.Access, error)
}

const failuresPeriod = 10 * time.Minute

// requestBurst is for how many seconds' requests a token's allowance is at most.
const requestBurst = 10

// maxTokens is how many tokens' allowances are held at most.
const maxTokens = 10_000

// Credentials are what a request authenticates with.
type Credentials struct {
	Token    string
	Session  string   // name of the principal who signed in, see SessionName; used if there is no token
	Account  string   // that the operator acts for; empty in nearly all requests
	Networks []string // of the sender's address, see ratelimit.Networks
}

// Authenticator finds the principal of a token.
type Authenticator struct {
	store       Store
	operator    [sha256.Size]byte // hash of the operator's token
	hasOperator bool
	tokens      *cache.Cache[accounts.Token]
	users       *cache.Cache[users.Access] // by session
	accounts    *cache.Cache[accounts.Account]
	limits      *cache.Cache[quotas.Limits] // by account
	requests    *ratelimit.Buckets
	failures    ratelimit.AddressBuckets
}

// NewAuthenticator returns an Authenticator. There is no operator if the
// operator's token is empty. One address may send failuresPerAddress requests with
// unknown tokens within ten minutes, to each process by itself; zero means no limit.
func NewAuthenticator(store Store, operatorsToken string, failuresPerAddress int, clock clockwork.Clock) *Authenticator {
	failures := float64(failuresPerAddress)
	return &Authenticator{
		requests: ratelimit.NewBuckets(clock, maxTokens, 0, 0),
		failures: ratelimit.NewAddressBuckets(clock, failures/failuresPeriod.Seconds(), failures),
		store:    store, operator: sha256.Sum256([]byte(operatorsToken)), hasOperator: operatorsToken != "",
		tokens: cache.New[accounts.Token](clock, tokenTTL), users: cache.New[users.Access](clock, tokenTTL), accounts: cache.New[accounts.Account](clock, tokenTTL),
		limits: cache.New[quotas.Limits](clock, tokenTTL),
	}
}

// Authenticate returns the principal of a request's token. It returns fault.RateLimited
// if the token has sent too many requests, or its address too many unknown tokens.
func (a *Authenticator) Authenticate(ctx context.Context, c Credentials) (Principal, error) {
	p, err := a.find(ctx, c)
	switch {
	case err != nil || p.IsOperator:
		return p, err
	case c.Account != "" && c.Account != p.AccountID:
		return Principal{}, fault.New(fault.Forbidden, "operator_needed")
	}
	return p, a.takeRequest(ctx, p)
}

// find returns the principal of a request's token or session.
func (a *Authenticator) find(ctx context.Context, c Credentials) (Principal, error) {
	switch {
	case c.Token != "":
		return a.bearerOf(ctx, c)
	case c.Session != "":
		return a.resume(ctx, c.Session, c.Account)
	default:
		return Principal{}, fault.New(fault.Unauthenticated, "token_needed")
	}
}

// bearerOf returns the principal of a token.
func (a *Authenticator) bearerOf(ctx context.Context, c Credentials) (Principal, error) {
	hash := sha256.Sum256([]byte(c.Token))
	if a.hasOperator && subtle.ConstantTimeCompare(hash[:], a.operator[:]) == 1 {
		return a.operatorFor(ctx, c.Account)
	}
	p, err := a.holderOf(ctx, c, hash)
	if fault.CodeOf(err) == fault.Unauthenticated {
		if limited := a.failures.Take(c.Networks); limited != nil {
			return Principal{}, limited
		}
	}
	return p, err
}

// takeRequest spends one of the requests of a token, which are limited by its account.
func (a *Authenticator) takeRequest(ctx context.Context, p Principal) error {
	limits, err := a.limits.Get(p.AccountID, func() (quotas.Limits, error) { return a.store.LimitsOf(ctx, p.AccountID) })
	if err != nil {
		return err
	}
	return a.requests.TakeAt(p.TokenID, limits[quotas.RequestsPerToken], requestBurst)
}

// SessionName returns what the session of a person who signed in names the principal by.
// It holds no secret.
func (a *Authenticator) SessionName(p Principal) string {
	switch {
	case p.IsOperator:
		return a.operatorName()
	case p.IsUser():
		return p.Session
	}
	return p.TokenID
}

func (a *Authenticator) operatorName() string {
	return operatorSession + hex.EncodeToString(a.operator[:8])
}

// Resume returns the principal that a session names. It returns fault.Unauthenticated if
// the token that the person signed in with was revoked or changed.
func (a *Authenticator) Resume(ctx context.Context, name string) (Principal, error) {
	return a.resume(ctx, name, "")
}

// resume is Resume for a request that names the account in which the operator acts.
func (a *Authenticator) resume(ctx context.Context, name, account string) (Principal, error) {
	if a.hasOperator && name == a.operatorName() {
		return a.operatorFor(ctx, account)
	}
	if ids.Is(name, ids.SignIn) {
		return a.userOf(ctx, name, account)
	}
	stored, err := a.validToken(name, func() (accounts.Token, error) { return a.store.TokenByID(ctx, name) })
	if err != nil {
		return Principal{}, err
	}
	return principalOf(stored), nil
}

// validToken returns the token with an id, reading it if it is not held. It returns
// fault.Unauthenticated if there is none or it was revoked.
func (a *Authenticator) validToken(id string, read func() (accounts.Token, error)) (accounts.Token, error) {
	stored, err := a.tokens.Get(id, read)
	switch {
	case fault.CodeOf(err) == fault.NotFound || err == nil && stored.RevokedAt != nil:
		return accounts.Token{}, unknownToken()
	case err != nil:
		return accounts.Token{}, err
	}
	return stored, nil
}

func unknownToken() error {
	return fault.New(fault.Unauthenticated, "token_not_known")
}

func principalOf(t accounts.Token) Principal {
	return Principal{AccountID: t.AccountID, TokenID: t.ID, TokenName: t.Name, Role: t.Role}
}

// Forget drops a token that was revoked, so that it stops working at once in this process.
func (a *Authenticator) Forget(tokenID string) { a.tokens.Drop(tokenID) }

// operatorFor returns the operator, who acts for the default account if none is named.
func (a *Authenticator) operatorFor(ctx context.Context, account string) (Principal, error) {
	acting, err := a.accounts.Get(account, func() (accounts.Account, error) {
		if account == "" {
			return a.store.DefaultAccount(ctx)
		}
		return a.store.Account(ctx, account)
	})
	if err != nil {
		return Principal{}, err
	}
	return Principal{AccountID: acting.ID, TokenID: audit.ByOperator, Role: accounts.RoleAdmin, IsOperator: true}, nil
}

func (a *Authenticator) holderOf(ctx context.Context, c Credentials, hash [sha256.Size]byte) (Principal, error) {
	id, ok := tokenID(c.Token)
	if !ok {
		return Principal{}, unknownToken()
	}
	stored, err := a.validToken(id, func() (accounts.Token, error) {
		if err := a.failures.Check(c.Networks); err != nil {
			return accounts.Token{}, err // unknown tokens must not cost a query each
		}
		token, err := a.store.TokenByID(ctx, id)
		if err == nil && isSecretOf(hash, token) {
			err = a.store.TokenUsed(ctx, token)
		}
		return token, err
	})
	if err != nil {
		return Principal{}, err
	}
	if !isSecretOf(hash, stored) {
		return Principal{}, unknownToken()
	}
	return principalOf(stored), nil
}

// isSecretOf reports whether a hash is that of a token's secret.
func isSecretOf(hash [sha256.Size]byte, t accounts.Token) bool {
	return subtle.ConstantTimeCompare(hash[:], t.SecretHash) == 1
}
