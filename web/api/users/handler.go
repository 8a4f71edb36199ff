// Package users has the operations of the API about access to an account: its users,
// invitations, tokens, and what a user sees of itself. It must not know how people
// sign in, nor what is set up in an account.
package users

import (
	"context"

	"github.com/jonboulle/clockwork"

	"ringback/models"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/models/users"
	"ringback/web/internal/openapi"
	"ringback/web/internal/people"
)

// The places of the groups in the document, after that of accounts.
const (
	orderUsers = 90 + iota
	orderSelf
)

// Store is what the operations need of the database. Every method is scoped by account or
// by user (G9).
type Store interface {
	tokenStore
	User(ctx context.Context, id string) (users.User, error)
	Prefer(ctx context.Context, userID string, p users.Preferences) error
	RenameUser(ctx context.Context, actor audit.Actor, userID, name string) error
	AccountsOf(ctx context.Context, userID string) ([]users.Membership, error)
	Account(ctx context.Context, id string) (accounts.Account, error)
	Members(ctx context.Context, accountID string, page models.Page) ([]users.Member, string, error)
	Member(ctx context.Context, accountID, userID string) (users.Member, error)
	ChangeMember(ctx context.Context, actor audit.Actor, userID string, to users.Grant) error
	RemoveMember(ctx context.Context, actor audit.Actor, userID string) error
	Invitations(ctx context.Context, accountID string, page models.Page) ([]users.Link, string, error)
	RevokeInvitation(ctx context.Context, actor audit.Actor, id string) error
	SessionsOf(ctx context.Context, userID string, page models.Page) ([]users.Session, string, error)
	EndSession(ctx context.Context, actor audit.Actor, userID, id string) error
	EndSessions(ctx context.Context, actor audit.Actor, userID, kept string) error
	ActIn(ctx context.Context, user audit.Actor, sessionID, accountID string) error
}

// Authenticator drops what it holds of users and of a token, so that a change has its
// effect at once.
type Authenticator interface {
	ForgetUsers()
	Forget(tokenID string)
}

// Handler answers the operations.
type Handler struct {
	store  Store
	people *people.Service
	auth   Authenticator
	clock  clockwork.Clock
}

// New returns a Handler.
func New(store Store, service *people.Service, authenticator Authenticator, clock clockwork.Clock) *Handler {
	return &Handler{store: store, people: service, auth: authenticator, clock: clock}
}

// Mount adds the operations.
func (h *Handler) Mount(a *openapi.API) {
	h.userRoutes(a)
	h.selfRoutes(a)
}

// examples are bodies by route and name that the operations take as they are.
var examples = map[string]map[string]string{
	"POST /invitations": {
		"an editor": `{"email": "person@example.com", "role": "editor"}`,
	},
	"POST /tokens": {
		"intake": `{"name": "web site", "role": "intake"}`,
	},
	"PATCH /users/{user}": {"a viewer": `{"role": "viewer"}`},
	"PATCH /me":           {"another name": `{"name": "Sample Person"}`},
	"POST /me/password":   {"a longer one": `{"current_password": "a sample password", "new_password": "another sample password"}`},
	"PUT /me/account":     {"the operator's": `{"account_id": "acc_default"}`},
}

// add adds an operation with the examples of its body.
func add[I, O any](g openapi.Group, o openapi.Operation, handle func(context.Context, *I) (*O, error)) {
	o.Examples = examples[o.Route]
	openapi.Add(g, o, handle)
}
