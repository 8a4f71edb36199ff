package auth

import (
	"cmp"
	"context"

	"ringback/internal/fault"
	"ringback/models/users"
)

// userOf returns the user of a session, who acts in the account that the session names,
// or in another of the user's accounts if one is given.
func (a *Authenticator) userOf(ctx context.Context, session, account string) (Principal, error) {
	access, err := a.users.Get(session, func() (users.Access, error) { return a.store.Access(ctx, session) })
	if fault.CodeOf(err) == fault.NotFound {
		return Principal{}, fault.New(fault.Unauthenticated, "not_signed_in")
	}
	if err != nil {
		return Principal{}, err
	}
	member, ok := access.In(cmp.Or(account, access.Session.AccountID))
	switch {
	case !ok && account != "":
		return Principal{}, fault.New(fault.Forbidden, "operator_needed")
	case !ok:
		return Principal{}, fault.New(fault.Unauthenticated, "not_signed_in")
	}
	return Principal{
		AccountID: member.AccountID, TokenID: access.User.ID, Role: member.Role, Sites: member.Sites,
		Name: access.User.Name, Session: session, Prefers: access.User.Preferences,
	}, nil
}

// ForgetUsers drops what is held of users, so that a change of what they may do, or the
// end of a session, has its effect in this process at once.
func (a *Authenticator) ForgetUsers() { a.users.Clear() }
