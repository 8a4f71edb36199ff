package people

import (
	"context"
	"strings"

	"ringback/internal/fault"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/models/users"
)

// SignInVerified begins a session for the person with an e-mail address that the issuer of
// OpenID Connect has verified. A person who is invited accepts by it, because only the person
// reads what is sent to the address. Anybody else is no user, unless there is an account that
// everybody of the issuer may join as a viewer.
func (s *Service) SignInVerified(ctx context.Context, c Client, email, name string) (users.Session, error) {
	user, err := s.Store.UserByEmail(ctx, email)
	isUser := err == nil
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return users.Session{}, err
	}
	if !isUser {
		user = newcomer(email, name)
	}
	invited, err := s.Store.InvitationFor(ctx, email)
	switch {
	case err == nil:
		return s.accept(ctx, c, invited.SecretHash, user)
	case fault.CodeOf(err) != fault.NotFound:
		return users.Session{}, err
	case isUser:
		return s.begin(ctx, c, user, "")
	case s.OpenAccount == "":
		return users.Session{}, fault.New(fault.Forbidden, "not_invited")
	}
	_, hash := users.NewSecret()
	link := users.Link{Purpose: users.Invitation, SecretHash: hash, Email: email, Grant: users.Grant{Role: accounts.RoleViewer}}
	by := audit.Actor{AccountID: s.OpenAccount, TokenID: audit.ByRingback, RequestID: c.RequestID}
	if err := s.Store.CreateLink(ctx, by, &link); err != nil {
		return users.Session{}, err
	}
	return s.accept(ctx, c, hash, user)
}

// newcomer returns a user without a password.
func newcomer(email, name string) users.User {
	if name = strings.TrimSpace(name); name == "" || len([]rune(name)) > maxName {
		name = users.EmailKey(email)
	}
	return users.User{Email: users.EmailKey(email), Name: name}
}

// accept uses an invitation for a user who was verified, and begins a session in its account.
func (s *Service) accept(ctx context.Context, c Client, secretHash []byte, user users.User) (users.Session, error) {
	user, link, err := s.Store.Accept(ctx, c.RequestID, secretHash, user)
	if err != nil {
		return users.Session{}, err
	}
	s.Changed()
	return s.begin(ctx, c, user, link.AccountID)
}
