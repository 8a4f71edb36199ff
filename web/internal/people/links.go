package people

import (
	"context"
	"strings"

	"ringback/internal/fault"
	"ringback/internal/limits"
	"ringback/internal/locale"
	"ringback/models/audit"
	"ringback/models/users"
)

// maxName is how many characters the name of a user has at most.
const maxName = 200

// paths are where links lead.
var paths = map[users.Purpose]string{users.Invitation: "/join/", users.Reset: "/reset/"}

// NewUser is a user as a person enters one.
type NewUser struct{ Email, Name, Password string }

// newUser returns a user with the hash of its password, or an error that names the fields.
func (s *Service) newUser(ctx context.Context, in NewUser) (users.User, error) {
	key, err := emailKey(in.Email)
	if err != nil {
		return users.User{}, err
	}
	user := users.User{Email: key, Name: strings.TrimSpace(in.Name)}
	if user.Name == "" || len([]rune(user.Name)) > maxName {
		return user, fault.InvalidFields(fault.Field{Path: "name", Expected: fault.Expect("name_not_blank")})
	}
	user.PasswordHash, err = s.hash(ctx, "password", in.Password)
	return user, err
}

// emailKey returns an e-mail address as users.EmailKey does, or an error that names the field.
func emailKey(email string) (string, error) {
	key := users.EmailKey(email)
	if !limits.IsEmail(key) || len(key) > limits.Email {
		return "", fault.InvalidFields(fault.Field{Path: "email", Expected: fault.Expect("email")})
	}
	return key, nil
}

// Made is a link that was made. Its address is in no later answer.
type Made struct {
	users.Link
	Address string
	Mailed  bool // the person is sent the link by e-mail
}

// Invite makes an invitation into the actor's account.
func (s *Service) Invite(ctx context.Context, actor audit.Actor, l locale.Language, email string, grant users.Grant) (Made, error) {
	key, err := emailKey(email)
	if err != nil {
		return Made{}, err
	}
	return s.makeLink(ctx, actor, l, users.Link{Purpose: users.Invitation, Email: key, Grant: grant})
}

// Reset makes a link by which a user of the actor's account sets a new password. An admin
// sees the link, so it must open no other account.
func (s *Service) Reset(ctx context.Context, actor audit.Actor, l locale.Language, userID string) (Made, error) {
	member, err := s.Store.Member(ctx, actor.AccountID, userID)
	if err != nil {
		return Made{}, err
	}
	only, err := s.Store.IsOnlyOf(ctx, actor.AccountID, userID)
	if err != nil {
		return Made{}, err
	}
	if !only {
		return Made{}, fault.New(fault.Conflict, "user_of_other_accounts")
	}
	return s.makeLink(ctx, actor, l, users.Link{Purpose: users.Reset, Email: member.Email})
}

// makeLink makes a link and mails it.
func (s *Service) makeLink(ctx context.Context, actor audit.Actor, l locale.Language, link users.Link) (Made, error) {
	secret, hash := users.NewSecret()
	link.SecretHash = hash
	if err := s.Store.CreateLink(ctx, actor, &link); err != nil {
		return Made{}, err
	}
	address := s.PublicURL + paths[link.Purpose] + secret
	mailed, err := s.mail(ctx, l, link, address)
	return Made{Link: link, Address: address, Mailed: mailed}, err
}

// Invited is what the page of an invitation shows.
type Invited struct {
	Email   string
	Account string // name of the account
	IsUser  bool   // the person has a password already
}

// Invited returns what an invitation is about, without using it.
func (s *Service) Invited(ctx context.Context, secret string) (Invited, error) {
	link, err := s.Store.UsableLink(ctx, users.Invitation, users.HashOf(secret))
	if err != nil {
		return Invited{}, err
	}
	account, err := s.Store.Account(ctx, link.AccountID)
	if err != nil {
		return Invited{}, err
	}
	_, err = s.Store.UserByEmail(ctx, link.Email)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return Invited{}, err
	}
	return Invited{Email: link.Email, Account: account.Name, IsUser: err == nil}, nil
}

// Accept uses an invitation and begins a session in its account. The password of a person
// who is a user already must be the one that the user has; the name is not changed then.
func (s *Service) Accept(ctx context.Context, c Client, secret, name, password string) (users.Session, error) {
	invited, err := s.Invited(ctx, secret)
	if err != nil {
		return users.Session{}, err
	}
	var user users.User
	if invited.IsUser {
		user, err = s.verify(ctx, c, invited.Email, password)
	} else {
		user, err = s.newUser(ctx, NewUser{Email: invited.Email, Name: name, Password: password})
	}
	if err != nil {
		return users.Session{}, err
	}
	return s.accept(ctx, c, users.HashOf(secret), user)
}

// ResetUsable returns an error unless a link sets a new password. It does not use the link.
func (s *Service) ResetUsable(ctx context.Context, secret string) error {
	_, err := s.Store.UsableLink(ctx, users.Reset, users.HashOf(secret))
	return err
}

// SetPassword uses a link that sets a new password, ends all sessions of the user and
// begins a new one.
func (s *Service) SetPassword(ctx context.Context, c Client, secret, password string) (users.Session, error) {
	if err := s.ResetUsable(ctx, secret); err != nil {
		return users.Session{}, err
	}
	hash, err := s.hash(ctx, "password", password)
	if err != nil {
		return users.Session{}, err
	}
	user, err := s.Store.ResetPassword(ctx, c.RequestID, users.HashOf(secret), hash)
	if err != nil {
		return users.Session{}, err
	}
	s.Changed()
	return s.begin(ctx, c, user, "")
}

// SignInByLink uses a link that signs a user in, and begins a session in its account.
func (s *Service) SignInByLink(ctx context.Context, c Client, secret string) (users.Session, error) {
	user, link, err := s.Store.UseSignIn(ctx, users.HashOf(secret))
	if err != nil {
		return users.Session{}, err
	}
	return s.begin(ctx, c, user, link.AccountID)
}
