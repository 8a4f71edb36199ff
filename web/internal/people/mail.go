package people

import (
	"context"
	"embed"
	"time"

	"ringback/internal/fault"
	"ringback/internal/locale"
	"ringback/models/audit"
	"ringback/models/notices"
	"ringback/models/users"
)

//go:embed messages
var files embed.FS

// letters are the texts of the e-mails.
var letters = locale.Embedded(files)

// forgottenPerEmail is how many links for a new password are mailed to one address within
// forgottenPeriod.
const (
	forgottenPerEmail = 3
	forgottenPeriod   = time.Hour
)

// mail sends a link to the person whom it is for, if e-mails are sent. It reports whether it
// does.
func (s *Service) mail(ctx context.Context, l locale.Language, link users.Link, address string) (bool, error) {
	if !s.Mails {
		return false, nil
	}
	account, err := s.Store.Account(ctx, link.AccountID)
	if err != nil {
		return false, err
	}
	values := locale.Values{"Account": account.Name, "Link": address}
	notice := notices.MailTo(link.Email, letters.Text(l, string(link.Purpose)+"_subject", values), letters.Text(l, string(link.Purpose)+"_text", values))
	notice.AccountID, notice.EndsAt = link.AccountID, link.EndsAt
	return true, s.Store.AddNotice(ctx, notice)
}

// Forgotten mails a link for a new password to a user. The answer is the same for an address
// that no user has, and so is the limit.
func (s *Service) Forgotten(ctx context.Context, c Client, l locale.Language, email string) error {
	key, err := emailKey(email)
	if err != nil {
		return err
	}
	if err := s.byAddress.Take(c.Networks); err != nil {
		return err
	}
	if err := s.forgotten.Take(key); err != nil {
		return err
	}
	user, err := s.Store.UserByEmail(ctx, key)
	if fault.CodeOf(err) == fault.NotFound {
		return s.Store.RecordFailedSignIn(ctx, c.RequestID, users.User{}, c.Address) // takes about as long
	}
	if err != nil {
		return err
	}
	members, err := s.Store.AccountsOf(ctx, user.ID)
	if err != nil || len(members) == 0 {
		return err
	}
	actor := audit.Actor{AccountID: members[0].AccountID, TokenID: user.ID, Name: user.Name, RequestID: c.RequestID}
	_, err = s.makeLink(ctx, actor, l, users.Link{Purpose: users.Reset, Email: user.Email})
	return err
}
