package people

import (
	"context"
	"strings"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/audit"
	"ringback/models/users"
)

// maxUserAgent is how many bytes of a browser's user agent are kept.
const maxUserAgent = 300

// begin stores the session of a user who acts in an account, or in the first of the user's
// accounts if none is given.
func (s *Service) begin(ctx context.Context, c Client, user users.User, accountID string) (users.Session, error) {
	if accountID == "" {
		members, err := s.Store.AccountsOf(ctx, user.ID)
		if err != nil {
			return users.Session{}, err
		}
		if len(members) == 0 {
			return users.Session{}, fault.New(fault.Forbidden, "no_account")
		}
		accountID = members[0].AccountID
	}
	session := users.Session{
		ID: ids.New(ids.SignIn), UserID: user.ID, AccountID: accountID, Address: c.Address,
		UserAgent: strings.ToValidUTF8(c.UserAgent[:min(len(c.UserAgent), maxUserAgent)], ""),
	}
	actor := audit.Actor{AccountID: accountID, TokenID: user.ID, Name: user.Name, RequestID: c.RequestID}
	return session, s.Store.BeginSession(ctx, actor, &session)
}

// ChangePassword sets a user's own password and ends the user's other sessions. The
// current password must be given again, because a browser may be left alone.
func (s *Service) ChangePassword(ctx context.Context, actor audit.Actor, c Client, keptSession, current, next string) error {
	user, err := s.Store.User(ctx, actor.TokenID)
	if err != nil {
		return err
	}
	if _, err := s.verify(ctx, c, user.Email, current); err != nil {
		if fault.CodeOf(err) == fault.Unauthenticated {
			return fault.InvalidFields(fault.Field{Path: "current_password", Expected: fault.Expect("password_current")})
		}
		return err
	}
	hash, err := s.hash(ctx, "new_password", next)
	if err != nil {
		return err
	}
	defer s.Changed()
	return s.Store.SetPassword(ctx, actor, user.ID, hash, keptSession)
}

// FirstAdmin makes the first user of the operator's account, who is its admin, and begins
// a session.
func (s *Service) FirstAdmin(ctx context.Context, operator audit.Actor, c Client, user NewUser) (users.Session, error) {
	stored, err := s.newUser(ctx, user)
	if err != nil {
		return users.Session{}, err
	}
	if stored, err = s.Store.CreateFirstAdmin(ctx, operator, stored); err != nil {
		return users.Session{}, err
	}
	return s.begin(ctx, c, stored, operator.AccountID)
}
