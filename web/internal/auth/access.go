package auth

import (
	"slices"

	"ringback/internal/fault"
	"ringback/models/accounts"
	"ringback/models/users"
)

// Access is the least that a principal must be allowed.
type Access string

// What operations require. An admin may do all that an editor may, an editor all
// that a viewer may. Intake stands apart: its tokens are stored in phone systems and
// on servers that send forms, so they may only post. No token belongs into a web page.
// The operator holds RINGBACK_ADMIN_TOKEN.
const (
	Intake   Access = "intake"
	Viewer   Access = "viewer"
	Editor   Access = "editor"
	Admin    Access = "admin"
	Operator Access = "operator"
)

// allowed is the one table of which roles have which access.
var allowed = map[Access][]accounts.Role{
	Intake:   {accounts.RoleAdmin, accounts.RoleEditor, accounts.RoleIntake},
	Viewer:   {accounts.RoleAdmin, accounts.RoleEditor, accounts.RoleViewer},
	Editor:   {accounts.RoleAdmin, accounts.RoleEditor},
	Admin:    {accounts.RoleAdmin},
	Operator: {},
}

// Principal is the authenticated sender of a request.
type Principal struct {
	AccountID  string
	TokenID    string        // or the id of a user; "admin" for the operator
	TokenName  string        // empty for users and the operator
	Role       accounts.Role // in the whole account, empty if there is none
	IsOperator bool

	Name    string                   // of a user; empty for tokens
	Session string                   // id of the session of a user; empty for tokens
	Sites   map[string]accounts.Role // roles at single sites, by their ids
	Prefers users.Preferences        // of a user; empty for tokens
}

// IsUser reports whether the principal is a user, and not a token.
func (p Principal) IsUser() bool { return p.Session != "" }

// Allows reports whether the principal has this access.
func (p Principal) Allows(a Access) bool {
	return p.IsOperator || slices.Contains(allowed[a], p.Role)
}

// Require returns fault.Forbidden if the principal does not have this access.
func (p Principal) Require(a Access) error {
	if p.Allows(a) {
		return nil
	}
	return fault.New(fault.Forbidden, "role_needed").With("Role", string(a))
}

// AllowsAt reports whether the principal has this access to a site of the account.
func (p Principal) AllowsAt(siteID string, a Access) bool {
	return p.Allows(a) || slices.Contains(allowed[a], p.Sites[siteID])
}

// RequireAt is Require for a site of the account. A site at which the principal has no role
// does not exist for it.
func (p Principal) RequireAt(siteID string, a Access) error {
	switch {
	case p.AllowsAt(siteID, a):
		return nil
	case p.Role == "" && p.Sites[siteID] == "":
		return fault.New(fault.NotFound, "no_such_site")
	default:
		return p.Require(a)
	}
}

// RequireSomewhere is Require for an operation that checks by itself which sites it is
// about.
func (p Principal) RequireSomewhere(a Access) error {
	for site := range p.Sites {
		if p.AllowsAt(site, a) {
			return nil
		}
	}
	return p.Require(a)
}
