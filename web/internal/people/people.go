// Package people signs people in, and makes and uses the one-time links by which they are
// invited and set a new password. It must not know pages or operations of the API.
package people

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/fault"
	"ringback/internal/passwords"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/models/notices"
	"ringback/models/users"
	"ringback/web/internal/ratelimit"
)

// Store is what a Service needs of the database.
type Store interface {
	User(ctx context.Context, id string) (users.User, error)
	UserByEmail(ctx context.Context, email string) (users.User, error)
	AccountsOf(ctx context.Context, userID string) ([]users.Membership, error)
	Account(ctx context.Context, id string) (accounts.Account, error)
	Member(ctx context.Context, accountID, userID string) (users.Member, error)
	IsOnlyOf(ctx context.Context, accountID, userID string) (bool, error)
	SetPassword(ctx context.Context, actor audit.Actor, userID, hash, keptSession string) error
	Rehash(ctx context.Context, userID, before, after string) error
	RecordFailedSignIn(ctx context.Context, requestID string, user users.User, address string) error
	BeginSession(ctx context.Context, actor audit.Actor, s *users.Session) error
	CreateLink(ctx context.Context, actor audit.Actor, l *users.Link) error
	InvitationFor(ctx context.Context, email string) (users.Link, error)
	UsableLink(ctx context.Context, p users.Purpose, secretHash []byte) (users.Link, error)
	Accept(ctx context.Context, requestID string, secretHash []byte, user users.User) (users.User, users.Link, error)
	ResetPassword(ctx context.Context, requestID string, secretHash []byte, hash string) (users.User, error)
	UseSignIn(ctx context.Context, secretHash []byte) (users.User, users.Link, error)
	AddNotice(ctx context.Context, notice notices.Notice) error
	CreateFirstAdmin(ctx context.Context, actor audit.Actor, user users.User) (users.User, error)
}

// Hasher hashes and verifies passwords, as passwords.Hasher does.
type Hasher interface {
	Hash(ctx context.Context, password string) (string, error)
	Verify(ctx context.Context, password, hash string) (bool, error)
	IsOutdated(hash string) bool
}

// Options are what a Service needs. All are required.
type Options struct {
	Store     Store
	Passwords Hasher
	Clock     clockwork.Clock
	PublicURL string // as browsers reach this service, without a slash at the end
	// FailuresPerAddress is how many failed attempts one address may make within ten
	// minutes, to each process by itself; zero means no limit.
	FailuresPerAddress int
	Mails              bool   // e-mails are sent, so links are mailed
	OpenAccount        string // that everybody whom OpenID Connect signs in may join as a viewer; empty if there is none
	Changed            func() // called after every change of what users may do, or of their sessions
}

// failuresPeriod is the time of the limits of failed attempts.
const failuresPeriod = 10 * time.Minute

// failuresPerEmail is how many failed attempts there may be within failuresPeriod with one
// e-mail address, from wherever they come.
const failuresPerEmail = 20

// maxEmails is how many e-mail addresses' allowances are held at most.
const maxEmails = 10_000

// Service signs people in. It is safe for concurrent use.
type Service struct {
	Options
	byAddress ratelimit.AddressBuckets
	byEmail   *ratelimit.Buckets
	forgotten *ratelimit.Buckets // by e-mail address
}

// New returns a Service.
func New(o Options) *Service {
	byAddress := float64(o.FailuresPerAddress)
	return &Service{
		Options:   o,
		byAddress: ratelimit.NewAddressBuckets(o.Clock, byAddress/failuresPeriod.Seconds(), byAddress),
		byEmail:   ratelimit.NewBuckets(o.Clock, maxEmails, failuresPerEmail/failuresPeriod.Seconds(), failuresPerEmail),
		forgotten: ratelimit.NewBuckets(o.Clock, maxEmails, forgottenPerEmail/forgottenPeriod.Seconds(), forgottenPerEmail),
	}
}

// Client is the browser of a person who signs in.
type Client struct {
	Address   string   // IP address, empty if not known
	Networks  []string // that limits count the address by
	UserAgent string
	RequestID string
}

// SignIn begins a session for the user with an e-mail address and a password. The errors
// are the same, and take the same time, for an address that nobody has.
func (s *Service) SignIn(ctx context.Context, c Client, email, password string) (users.Session, error) {
	user, err := s.verify(ctx, c, email, password)
	if err != nil {
		return users.Session{}, err
	}
	return s.begin(ctx, c, user, "")
}

// verify returns the user with an e-mail address and a password.
func (s *Service) verify(ctx context.Context, c Client, email, password string) (users.User, error) {
	key := users.EmailKey(email)
	if err := s.byAddress.Check(c.Networks); err != nil {
		return users.User{}, err
	}
	if err := s.byEmail.Check(key); err != nil {
		return users.User{}, err
	}
	user, err := s.Store.UserByEmail(ctx, email)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return users.User{}, err
	}
	ok, err := s.Passwords.Verify(ctx, password[:min(len(password), passwords.MaxBytes+1)], user.PasswordHash)
	switch {
	case err != nil:
		return users.User{}, err
	case ok:
		return user, s.rehash(ctx, user, password)
	}
	if err := s.Store.RecordFailedSignIn(ctx, c.RequestID, user, c.Address); err != nil {
		return users.User{}, err
	}
	if err := s.byEmail.Take(key); err != nil {
		return users.User{}, err
	}
	if err := s.byAddress.Take(c.Networks); err != nil {
		return users.User{}, err
	}
	return users.User{}, fault.New(fault.Unauthenticated, "sign_in_wrong")
}

// rehash stores the password with the costs of today.
func (s *Service) rehash(ctx context.Context, user users.User, password string) error {
	if !s.Passwords.IsOutdated(user.PasswordHash) {
		return nil
	}
	hash, err := s.Passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.Store.Rehash(ctx, user.ID, user.PasswordHash, hash)
}

// hash returns the hash of a new password, or an error that names the field.
func (s *Service) hash(ctx context.Context, field, password string) (string, error) {
	if expected, ok := passwords.Check(password); !ok {
		return "", fault.InvalidFields(fault.Field{Path: field, Expected: expected})
	}
	return s.Passwords.Hash(ctx, password)
}
