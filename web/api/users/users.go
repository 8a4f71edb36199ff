package users

import (
	"context"
	"net/http"
	"slices"
	"time"

	"ringback/internal/fault"
	"ringback/models/accounts"
	"ringback/models/users"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

func (h *Handler) userRoutes(a *openapi.API) {
	g := a.Group(openapi.Group{
		Name: "Users and tokens", Order: orderUsers,
		Description: "The people who sign in to the pages. A person may belong to several accounts. Programs use tokens instead.",
	})
	h.tokenRoutes(g)
	add(g, openapi.Operation{ID: "list-users", Route: "GET /users", Access: auth.Admin, Summary: "List the users of the account"}, h.list)
	add(g, openapi.Operation{
		ID: "change-user", Route: "PATCH /users/{user}", Access: auth.Admin, Summary: "Change what a user may do", Failures: []int{http.StatusConflict},
		Description: "Replaces the role in the account and the roles at single sites. The last admin of an account stays an admin.",
	}, h.change)
	add(g, openapi.Operation{
		ID: "remove-user", Route: "DELETE /users/{user}", Access: auth.Admin, Summary: "Remove a user from the account", Failures: []int{http.StatusConflict},
		Description: "The user is signed out of the account. Other accounts of the user stay as they are.",
	}, h.remove)
	add(g, openapi.Operation{
		ID: "reset-password", Route: "POST /users/{user}/reset", Access: auth.Admin, Summary: "Create a link that sets a new password", Status: http.StatusCreated,
		Failures:    []int{http.StatusConflict},
		Description: "The link can be used once within two hours. Give it to the user. It is not created for a user who also belongs to another account.",
	}, h.reset)
	add(g, openapi.Operation{
		ID: "create-invitation", Route: "POST /invitations", Access: auth.Admin, Summary: "Invite a person", Status: http.StatusCreated, Failures: []int{http.StatusConflict},
		Description: "The answer has a link, which can be used once within 72 hours and cannot be read again. Give it to the person. A new invitation for the same address replaces the old one.",
	}, h.invite)
	add(g, openapi.Operation{ID: "list-invitations", Route: "GET /invitations", Access: auth.Admin, Summary: "List the invitations that can be used"}, h.listInvitations)
	add(g, openapi.Operation{ID: "revoke-invitation", Route: "DELETE /invitations/{invitation}", Access: auth.Admin, Summary: "Revoke an invitation"}, h.revoke)
}

// GrantBody is what a user may do.
type GrantBody struct {
	Role  accounts.Role            `json:"role,omitempty" enum:"admin,editor,viewer" doc:"What the user may do in the whole account. If it is left out, the user sees the sites in sites alone." example:"editor"`
	Sites map[string]accounts.Role `json:"sites,omitempty" maxProperties:"1000" doc:"Roles at single sites by the site's id: admin, editor or viewer. At a site the higher role counts."`
}

// roles are those that a user may have.
var roles = []accounts.Role{accounts.RoleAdmin, accounts.RoleEditor, accounts.RoleViewer}

// grant checks the body and returns what it grants.
func (b GrantBody) grant() (users.Grant, error) {
	g := users.Grant{Role: b.Role, Sites: map[string]accounts.Role{}}
	if b.Role == "" && len(b.Sites) == 0 {
		return g, fault.InvalidFields(fault.Field{Path: "role", Expected: fault.Expect("required_field")})
	}
	for site, role := range b.Sites {
		if !slices.Contains(roles, role) {
			return g, fault.InvalidFields(fault.Field{Path: "sites." + site, Expected: fault.OneOf(roles)})
		}
		g.Sites[site] = role
	}
	return g, nil
}

type userView struct {
	ID        string                   `json:"id" example:"usr_01jdq00000000000000000000"`
	Email     string                   `json:"email" example:"person@example.com"`
	Name      string                   `json:"name" example:"Sample Person"`
	Role      accounts.Role            `json:"role,omitempty" doc:"In the whole account. Missing if the user sees single sites alone." example:"editor"`
	Sites     map[string]accounts.Role `json:"sites,omitempty" doc:"Roles at single sites, by the site's id."`
	CreatedAt time.Time                `json:"created_at" doc:"When the user came to the account."`
}

func viewUser(m users.Member) userView {
	return userView{ID: m.ID, Email: m.Email, Name: m.Name, Role: m.Role, Sites: m.Sites, CreatedAt: m.CreatedAt}
}

// OfUser names a user in a path.
type OfUser struct {
	User string `path:"user" doc:"The user's id." example:"usr_01jdq00000000000000000000"`
}

func (h *Handler) list(ctx context.Context, in *wire.Paging) (*wire.Listing[userView], error) {
	members, next, err := h.store.Members(ctx, reqctx.Account(ctx), in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(members, next, viewUser), nil
}

func (h *Handler) change(ctx context.Context, in *struct {
	OfUser
	Body GrantBody
}) (*wire.Answer[userView], error) {
	grant, err := in.Body.grant()
	if err != nil {
		return nil, err
	}
	defer h.auth.ForgetUsers()
	if err := h.store.ChangeMember(ctx, reqctx.Actor(ctx), in.User, grant); err != nil {
		return nil, err
	}
	member, err := h.store.Member(ctx, reqctx.Account(ctx), in.User)
	if err != nil {
		return nil, err
	}
	return wire.Body(viewUser(member)), nil
}

func (h *Handler) remove(ctx context.Context, in *OfUser) (*wire.NoBody, error) {
	defer h.auth.ForgetUsers()
	return nil, h.store.RemoveMember(ctx, reqctx.Actor(ctx), in.User)
}
