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
// does not belong to it.
func (u *Users) ActIn(ctx context.Context, sessionID, userID, accountID string) error {
	return u.db.Tx(ctx, "changing the account of a session", func(tx *gorm.DB) error {
		var member Membership
		if err := tx.Where("user_id = ? AND account_id = ?", userID, accountID).Take(&member).Error; err != nil {
			return database.NotFoundAs("no_such_account", err)
		}
		return tx.Model(&Session{}).Where("id = ? AND user_id = ?", sessionID, userID).UpdateColumn("account_id", accountID).Error
	})
}
