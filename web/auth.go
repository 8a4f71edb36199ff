package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models"
)

// accountHeader lets the operator act for another account.
const accountHeader = "Ringback-Account"

// tokenTTL is how long a token may still work in another process after it was revoked.
const tokenTTL = 10 * time.Second

// access is the least that a request's bearer must be allowed.
type access string

// What the operations ask for. Admin may do what editor may, editor what viewer
// may; intake stands apart: its tokens lie in web pages and phone systems, so
// they only post. The operator is the bearer of RINGBACK_ADMIN_TOKEN.
const (
	forIntake   access = "intake"
	forViewer   access = "viewer"
	forEditor   access = "editor"
	forAdmin    access = "admin"
	forOperator access = "operator"
)

// allowed is the one table of which role may do what.
var allowed = map[access][]models.Role{
	forIntake:   {models.RoleAdmin, models.RoleEditor, models.RoleIntake},
	forViewer:   {models.RoleAdmin, models.RoleEditor, models.RoleViewer},
	forEditor:   {models.RoleAdmin, models.RoleEditor},
	forAdmin:    {models.RoleAdmin},
	forOperator: {},
}

// principal is who a request comes from.
type principal struct {
	AccountID string
	TokenID   string // "admin" for the operator
	Role      models.Role
	Operator  bool
}

func (p principal) may(a access) bool {
	if p.Operator {
		return true
	}
	for _, role := range allowed[a] {
		if role == p.Role {
			return true
		}
	}
	return false
}

// actor is the principal of a request as the audit trail names it.
func actor(ctx context.Context) models.Actor {
	r := requestOf(ctx)
	return models.Actor{AccountID: r.Who.AccountID, TokenID: r.Who.TokenID, RequestID: r.ID}
}

// account returns the account that a request acts for.
func account(ctx context.Context) string { return requestOf(ctx).Who.AccountID }

// keeper knows who a token's bearer is.
type keeper struct {
	store    accountStore
	admin    [sha256.Size]byte // hash of the operator's token
	hasAdmin bool
	tokens   *cache[models.Token]
	accounts *cache[models.Account]
}

func newKeeper(store accountStore, adminToken string, clock clockwork.Clock) *keeper {
	return &keeper{
		store: store, admin: sha256.Sum256([]byte(adminToken)), hasAdmin: adminToken != "",
		tokens: newCache[models.Token](clock, tokenTTL), accounts: newCache[models.Account](clock, tokenTTL),
	}
}

// bearer returns the token of an Authorization header.
func bearer(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// who returns the bearer of a token. Account is the Ringback-Account header, empty mostly.
func (k *keeper) who(ctx context.Context, token, account string) (principal, error) {
	if token == "" {
		return principal{}, fault.New(fault.Unauthenticated, "this needs a token in the header Authorization: Bearer <token>")
	}
	hash := sha256.Sum256([]byte(token))
	if k.hasAdmin && subtle.ConstantTimeCompare(hash[:], k.admin[:]) == 1 {
		return k.operator(ctx, account)
	}
	p, err := k.tokenBearer(ctx, token, hash)
	if err == nil && account != "" && account != p.AccountID {
		return principal{}, fault.New(fault.Forbidden, "only the operator's token may act for another account")
	}
	return p, err
}

// operator returns the operator, acting for an account: by default their own.
func (k *keeper) operator(ctx context.Context, account string) (principal, error) {
	acting, err := k.accounts.get(account, func() (models.Account, error) {
		if account == "" {
			return k.store.DefaultAccount(ctx)
		}
		return k.store.Account(ctx, account)
	})
	if err != nil {
		return principal{}, err
	}
	return principal{AccountID: acting.ID, TokenID: "admin", Role: models.RoleAdmin, Operator: true}, nil
}

func (k *keeper) tokenBearer(ctx context.Context, token string, hash [sha256.Size]byte) (principal, error) {
	unknown := fault.New(fault.Unauthenticated, "the token is not known; it may have been revoked")
	id, ok := tokenID(token)
	if !ok {
		return principal{}, unknown
	}
	stored, err := k.tokens.get(id, func() (models.Token, error) { return k.store.TokenByID(ctx, id) })
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		return principal{}, unknown
	case err != nil:
		return principal{}, err
	case stored.RevokedAt != nil, subtle.ConstantTimeCompare(hash[:], stored.SecretHash) != 1:
		return principal{}, unknown
	}
	return principal{AccountID: stored.AccountID, TokenID: stored.ID, Role: stored.Role}, nil
}

// newSecret makes the text of a new token and the hash that is kept of it. The
// text has the form rbk_<token id>_<256 random bits>.
func newSecret(id string) (text string, hash []byte) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails: it ends the program instead
	text = "rbk_" + ids.Bare(id) + "_" + base64.RawURLEncoding.EncodeToString(secret)
	sum := sha256.Sum256([]byte(text))
	return text, sum[:]
}

// tokenID reads the id out of a token's text.
func tokenID(text string) (string, bool) {
	rest, ours := strings.CutPrefix(text, "rbk_")
	bare, _, ok := strings.Cut(rest, "_")
	return ids.Token + "_" + bare, ours && ok && len(bare) == 26
}
