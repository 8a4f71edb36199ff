package main

import (
	"context"
	"fmt"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/users"
)

// adminEmail is the address of the demonstration's admin, who has no password and signs in by
// a link.
const adminEmail = "demo@example.com"

// signInSecret makes the first user, who is the admin of the operator's account, and returns
// the secret of a link that signs this user in once. It is empty if the account has other
// users instead.
func signInSecret(ctx context.Context, store *models.Store) (string, error) {
	account, err := store.DefaultAccount(ctx)
	if err != nil {
		return "", fmt.Errorf("making the first user: %w", err)
	}
	operator := audit.Actor{AccountID: account.ID, TokenID: audit.ByOperator}
	_, err = store.CreateFirstAdmin(ctx, operator, users.User{Email: adminEmail, Name: "Demo admin"})
	if err != nil && fault.CodeOf(err) != fault.Conflict {
		return "", fmt.Errorf("making the first user: %w", err)
	}
	switch _, err = store.UserByEmail(ctx, adminEmail); {
	case fault.CodeOf(err) == fault.NotFound:
		return "", nil
	case err != nil:
		return "", fmt.Errorf("reading the first user: %w", err)
	}
	secret, hash := users.NewSecret()
	link := users.Link{Purpose: users.SignIn, SecretHash: hash, Email: adminEmail}
	if err := store.CreateLink(ctx, operator, &link); err != nil {
		return "", fmt.Errorf("making the link for the first user: %w", err)
	}
	return secret, nil
}

// door returns the address at which a newcomer begins. It signs the demonstration's admin in,
// and leads to the first steps of the demonstration's site if there is one.
func (s *stack) door() string {
	if s.secret == "" {
		return s.url()
	}
	address := s.url() + "/sign-in/" + s.secret
	if s.siteID != "" {
		address += "?next=/sites/" + s.siteID + "/start"
	}
	return address
}
