package users

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/models/database"
)

// User is a person who signs in.
type User struct {
	ID           string `gorm:"primaryKey"`
	Email        string // as EmailKey returns it, once among all users
	Name         string
	PasswordHash string // empty if the user has no password
	Preferences
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Preferences are how a user reads the pages.
type Preferences struct {
	Language string // as in package locale, empty for that of the browser
	Theme    string // light, dark or system; empty if the user has not chosen
	TimeZone string // that times are shown in, as in the time zone database; empty for that of the site
}

// ZoneExists reports whether there is a time zone with the name, or the name is empty.
func (p Preferences) ZoneExists() bool {
	_, err := time.LoadLocation(p.TimeZone)
	return err == nil && p.TimeZone != "Local" // which is that of the process
}

// Membership is what a user may do in an account.
type Membership struct {
	UserID    string `gorm:"primaryKey"`
	AccountID string `gorm:"primaryKey"`
	Grant
	CreatedAt time.Time
}

// Grant is a role in an account, and roles at single sites of it. A user has at a site the
// higher one of the two.
type Grant struct {
	Role  accounts.Role            // empty if the user may do nothing outside of single sites
	Sites map[string]accounts.Role `gorm:"serializer:json"` // by the site's id
}

// audited returns the grant as the audit trail has it.
func (g Grant) audited() map[string]any {
	fields := map[string]any{"role": g.Role}
	for site, role := range g.Sites {
		fields["sites."+site] = role
	}
	return fields
}

// Users holds the users of all accounts. It is safe for concurrent use. Its errors are
// those of database.DB.WrapErr.
type Users struct{ db *database.DB }

// New returns the users of a database.
func New(db *database.DB) *Users { return &Users{db} }

// EmailKey returns an e-mail address as it is compared and stored. The part before the @
// may differ in its case for the mail server alone, and no two people rely on that.
func EmailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// User returns a user; fault.NotFound if there is none.
func (u *Users) User(ctx context.Context, id string) (User, error) {
	var user User
	err := u.db.Read(ctx).Where("id = ?", id).Take(&user).Error
	return user, u.db.WrapErr("reading a user", database.NotFoundAs("no_such_user", err))
}

// UserByEmail returns the user with an e-mail address; fault.NotFound if there is none.
func (u *Users) UserByEmail(ctx context.Context, email string) (User, error) {
	var user User
	err := u.db.Read(ctx).Where("email = ?", EmailKey(email)).Take(&user).Error
	return user, u.db.WrapErr("reading a user by e-mail", database.NotFoundAs("no_such_user", err))
}

// AccountsOf returns what a user may do in which accounts.
func (u *Users) AccountsOf(ctx context.Context, userID string) ([]Membership, error) {
	var all []Membership
	err := u.db.Read(ctx).Where("user_id = ?", userID).Order("account_id").Find(&all).Error
	return all, u.db.WrapErr("reading the accounts of a user", err)
}

// RenameUser sets the name of a user, in the name of the user.
func (u *Users) RenameUser(ctx context.Context, actor audit.Actor, userID, name string) error {
	return u.db.Tx(ctx, "renaming a user", func(tx *gorm.DB) error {
		var user User
		if err := database.Locked(tx).Where("id = ?", userID).Take(&user).Error; err != nil {
			return database.NotFoundAs("no_such_user", err)
		}
		if user.Name == name {
			return nil
		}
		change := map[string]audit.Change{"name": {From: user.Name, To: name}}
		if err := tx.Model(&user).Updates(map[string]any{"name": name, "updated_at": u.db.Now()}).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "updated", target(actor.AccountID, userID), change)
	})
}

// Prefer stores the preferences of a user, which the audit trail does not have.
func (u *Users) Prefer(ctx context.Context, userID string, p Preferences) error {
	stored := u.db.Write(ctx).Model(&User{}).Where("id = ?", userID).
		Updates(map[string]any{"language": p.Language, "theme": p.Theme, "time_zone": p.TimeZone})
	if stored.Error == nil && stored.RowsAffected == 0 {
		return fault.New(fault.NotFound, "no_such_user")
	}
	return u.db.WrapErr("storing the preferences of a user", stored.Error)
}

// target is a user in the audit trail of an account.
func target(accountID, userID string) audit.Target {
	return audit.Target{AccountID: accountID, Entity: "user", ID: userID}
}

// create stores a new user in a transaction.
func (u *Users) create(tx *gorm.DB, user *User) error {
	user.ID, user.Email = ids.New(ids.User), EmailKey(user.Email)
	user.CreatedAt = u.db.Now()
	user.UpdatedAt = user.CreatedAt
	return tx.Create(user).Error
}

// SetPassword stores the hash of a user's new password, and ends all sessions of the user
// but one: anybody who knew the old password is signed out. The kept one is empty if none is.
func (u *Users) SetPassword(ctx context.Context, actor audit.Actor, userID, hash, keptSession string) error {
	return u.db.Tx(ctx, "setting a password", func(tx *gorm.DB) error {
		return u.setPassword(tx, actor, userID, hash, keptSession)
	})
}

func (u *Users) setPassword(tx *gorm.DB, actor audit.Actor, userID, hash, keptSession string) error {
	var user User
	if err := database.Locked(tx).Where("id = ?", userID).Take(&user).Error; err != nil {
		return database.NotFoundAs("no_such_user", err)
	}
	if err := tx.Model(&user).Updates(map[string]any{"password_hash": hash, "updated_at": u.db.Now()}).Error; err != nil {
		return err
	}
	if err := tx.Where("user_id = ? AND id <> ?", userID, keptSession).Delete(&Session{}).Error; err != nil {
		return err
	}
	// Links of before are of no use any more.
	open := tx.Model(&Link{}).Where("email = ? AND purpose = ? AND used_at IS NULL", user.Email, Reset)
	if err := open.UpdateColumn("used_at", u.db.Now()).Error; err != nil {
		return err
	}
	return audit.Record(tx, actor, "updated", target(actor.AccountID, userID), map[string]audit.Change{"password": {To: audit.CredentialChanged}})
}

// Rehash replaces the hash of a password by one of the same password with other costs,
// unless the password was changed meanwhile.
func (u *Users) Rehash(ctx context.Context, userID, before, after string) error {
	err := u.db.Write(ctx).Model(&User{}).Where("id = ? AND password_hash = ?", userID, before).UpdateColumn("password_hash", after).Error
	return u.db.WrapErr("storing the hash of a password", err)
}
