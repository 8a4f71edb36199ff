package users

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/models/audit"
	"ringback/models/database"
)

// The longest time of a session, and the longest time without a request in it.
const (
	SessionTime = 30 * 24 * time.Hour
	SessionIdle = 12 * time.Hour
)

// seenEvery is how often the last request of a session is stored.
const seenEvery = 5 * time.Minute

// Session is a user who is signed in with one browser.
type Session struct {
	ID        string `gorm:"primaryKey"`
	UserID    string
	AccountID string // the account that the user acts in
	Address   string // the IP address that the user signed in from, empty if not known
	UserAgent string // of the browser
	CreatedAt time.Time
	SeenAt    time.Time // of the last request, some minutes exact
	EndsAt    time.Time
}

// TableName returns the name of the table.
func (Session) TableName() string { return "user_sessions" }

// open adds the condition of a session that has not ended.
func (u *Users) open(query *gorm.DB) *gorm.DB {
	now := u.db.Now()
	return query.Where("ends_at > ? AND seen_at > ?", now, now.Add(-SessionIdle))
}

// Access is a session with its user, and what the user may do.
type Access struct {
	Session  Session
	User     User
	Accounts []Membership
}

// In returns what the user may do in an account.
func (a Access) In(accountID string) (Membership, bool) {
	for _, m := range a.Accounts {
		if m.AccountID == accountID {
			return m, true
		}
	}
	return Membership{}, false
}

// BeginSession stores the session of a user who has just signed in, and deletes those of
// all users that have ended.
func (u *Users) BeginSession(ctx context.Context, actor audit.Actor, s *Session) error {
	now := u.db.Now()
	s.CreatedAt, s.SeenAt, s.EndsAt = now, now, now.Add(SessionTime)
	return u.db.Tx(ctx, "beginning the session of a user", func(tx *gorm.DB) error {
		if err := tx.Where("ends_at <= ? OR seen_at <= ?", now, now.Add(-SessionIdle)).Delete(&Session{}).Error; err != nil {
			return err
		}
		if err := tx.Create(s).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "signed_in", target(s.AccountID, s.UserID), nil)
	})
}

// Access returns an open session by its id; fault.NotFound if there is none. It stores
// from time to time that the session is in use.
func (u *Users) Access(ctx context.Context, sessionID string) (Access, error) {
	var a Access
	err := u.open(u.db.Read(ctx)).Where("id = ?", sessionID).Take(&a.Session).Error
	if err != nil {
		return a, u.db.WrapErr("reading a session", database.NotFoundAs("no_such_session", err))
	}
	if a.User, err = u.User(ctx, a.Session.UserID); err != nil {
		return a, err
	}
	if a.Accounts, err = u.AccountsOf(ctx, a.User.ID); err != nil {
		return a, err
	}
	if now := u.db.Now(); now.Sub(a.Session.SeenAt) >= seenEvery {
		err = u.db.Write(ctx).Model(&Session{}).Where("id = ?", sessionID).UpdateColumn("seen_at", now).Error
	}
	return a, u.db.WrapErr("storing the last request of a session", err)
}

// SessionsOf lists the open sessions of a user, newest first.
func (u *Users) SessionsOf(ctx context.Context, userID string, page database.Page) ([]Session, string, error) {
	query := u.open(u.db.Read(ctx)).Where("user_id = ?", userID)
	sessions, next, err := database.PageByID(query, page, func(s Session) string { return s.ID })
	return sessions, next, u.db.WrapErr("listing sessions", err)
}

// EndSession ends a session of a user; fault.NotFound if the user has none of this id.
func (u *Users) EndSession(ctx context.Context, actor audit.Actor, userID, id string) error {
	return u.db.Tx(ctx, "ending a session", func(tx *gorm.DB) error {
		result := tx.Where("user_id = ? AND id = ?", userID, id).Delete(&Session{})
		if result.Error != nil {
			return result.Error
		}
		if result.RowsAffected == 0 {
			return database.NotFoundAs("no_such_session", gorm.ErrRecordNotFound)
		}
		return audit.Record(tx, actor, "signed_out", target(actor.AccountID, userID), nil)
	})
}

// EndSessions ends all sessions of a user but one, which is empty if none is kept.
func (u *Users) EndSessions(ctx context.Context, actor audit.Actor, userID, kept string) error {
	return u.db.Tx(ctx, "ending sessions", func(tx *gorm.DB) error {
		result := tx.Where("user_id = ? AND id <> ?", userID, kept).Delete(&Session{})
		if result.Error != nil || result.RowsAffected == 0 {
			return result.Error
		}
		return audit.Record(tx, actor, "signed_out", target(actor.AccountID, userID), map[string]audit.Change{"sessions": {From: result.RowsAffected}})
	})
}

// ActIn sets the account that a user acts in with a session; fault.NotFound if the user
// does not belong to it. The audit trail of that account has it.
func (u *Users) ActIn(ctx context.Context, user audit.Actor, sessionID, accountID string) error {
	return u.db.Tx(ctx, "changing the account of a session", func(tx *gorm.DB) error {
		var member Membership
		if err := tx.Where("user_id = ? AND account_id = ?", user.TokenID, accountID).Take(&member).Error; err != nil {
			return database.NotFoundAs("no_such_account", err)
		}
		changed := tx.Model(&Session{}).Where("id = ? AND user_id = ? AND account_id <> ?", sessionID, user.TokenID, accountID).UpdateColumn("account_id", accountID)
		if changed.Error != nil || changed.RowsAffected == 0 {
			return changed.Error
		}
		user.AccountID = accountID
		return audit.Record(tx, user, "entered", target(accountID, user.TokenID), nil)
	})
}

// RecordFailedSignIn stores in the audit trail of each account of a user that somebody tried
// to sign in as this user from an IP address. For an e-mail address that no user has, the user
// is empty and nothing stays, but it takes as long: an answer must not show which addresses
// are known.
func (u *Users) RecordFailedSignIn(ctx context.Context, requestID string, user User, address string) error {
	return u.db.Tx(ctx, "recording a failed sign-in", func(tx *gorm.DB) error {
		var members []Membership
		if err := tx.Where("user_id = ?", user.ID).Order("account_id").Find(&members).Error; err != nil {
			return err
		}
		if user.ID == "" {
			members = []Membership{{}}
		}
		for _, m := range members {
			by := audit.Actor{AccountID: m.AccountID, TokenID: user.ID, Name: user.Name, RequestID: requestID}
			change := map[string]audit.Change{"address": {To: address}}
			if err := audit.Record(tx, by, "sign_in_failed", target(m.AccountID, user.ID), change); err != nil {
				return err
			}
		}
		if user.ID == "" {
			return tx.Where("account_id = ? AND entity_id = ?", "", "").Delete(&audit.Entry{}).Error
		}
		return nil
	})
}
