package users

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/models/database"
)

// Purpose is what a one-time link is for.
type Purpose string

// The purposes. They are the entities of links in the audit trail, too.
const (
	Invitation Purpose = "invitation"
	Reset      Purpose = "reset"
	SignIn     Purpose = "sign_in"
)

// times are how long links may be used.
var times = map[Purpose]time.Duration{Invitation: 72 * time.Hour, Reset: 2 * time.Hour, SignIn: 12 * time.Hour}

// NewSecret returns a random secret of a link, and the hash that is stored of it.
func NewSecret() (secret string, hash []byte) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: it ends the program instead
	secret = base64.RawURLEncoding.EncodeToString(random)
	return secret, HashOf(secret)
}

// HashOf returns the hash that is stored of a link's secret. 256 random bits need no slow
// hash.
func HashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// Link is a one-time link. Only a hash of its secret is stored.
type Link struct {
	ID         string `gorm:"primaryKey"`
	Purpose    Purpose
	SecretHash []byte // as HashOf returns it
	AccountID  string
	Email      string // of the user, as EmailKey returns it
	Grant             // of an invitation
	CreatedBy  string // id of the actor
	CreatedAt  time.Time
	EndsAt     time.Time
	UsedAt     *time.Time
}

// TableName returns the name of the table.
func (Link) TableName() string { return "user_links" }

func (l Link) target() audit.Target {
	return audit.Target{AccountID: l.AccountID, Entity: string(l.Purpose), ID: l.ID}
}

// kept is how long links are kept after they have ended.
const kept = 30 * 24 * time.Hour

// CreateLink stores a link of the actor's account. It ends the open links with the same
// purpose for the same address, and deletes old ones.
func (u *Users) CreateLink(ctx context.Context, actor audit.Actor, l *Link) error {
	now := u.db.Now()
	l.ID, l.AccountID, l.CreatedBy, l.Email = ids.New(ids.Link), actor.AccountID, actor.TokenID, EmailKey(l.Email)
	l.CreatedAt, l.EndsAt = now, now.Add(times[l.Purpose])
	if l.Sites == nil {
		l.Sites = map[string]accounts.Role{}
	}
	return u.db.Tx(ctx, "storing a link", func(tx *gorm.DB) error {
		if err := checkSites(tx, actor.AccountID, l.Grant); err != nil {
			return err
		}
		if err := checkInvitable(tx, *l); err != nil {
			return err
		}
		if err := tx.Where("ends_at <= ?", now.Add(-kept)).Delete(&Link{}).Error; err != nil {
			return err
		}
		same := tx.Model(&Link{}).Where("account_id = ? AND purpose = ? AND email = ? AND used_at IS NULL", l.AccountID, l.Purpose, l.Email)
		if err := same.UpdateColumn("used_at", now).Error; err != nil {
			return err
		}
		if err := tx.Create(l).Error; err != nil {
			return err
		}
		changes := audit.DiffFields(nil, audit.EncodeFields(l.audited()))
		changes["email"] = audit.Change{To: l.Email}
		return audit.Record(tx, actor, "created", l.target(), changes)
	})
}

// checkInvitable returns fault.Conflict if an invitation is for a user of the account.
func checkInvitable(tx *gorm.DB, l Link) error {
	if l.Purpose != Invitation {
		return nil
	}
	var members int64
	err := tx.Table("memberships AS m").Joins("JOIN users AS u ON u.id = m.user_id").
		Where("m.account_id = ? AND u.email = ?", l.AccountID, l.Email).Count(&members).Error
	if err == nil && members > 0 {
		return fault.New(fault.Conflict, "user_exists")
	}
	return err
}

// usable adds the condition of a link that can be used.
func (u *Users) usable(query *gorm.DB, p Purpose) *gorm.DB {
	return query.Where("purpose = ? AND used_at IS NULL AND ends_at > ?", p, u.db.Now())
}

// Invitations lists the invitations of an account that can be used, newest first.
func (u *Users) Invitations(ctx context.Context, accountID string, page database.Page) ([]Link, string, error) {
	query := u.usable(u.db.Read(ctx), Invitation).Where("account_id = ?", accountID)
	links, next, err := database.PageByID(query, page, func(l Link) string { return l.ID })
	return links, next, u.db.WrapErr("listing invitations", err)
}

// RevokeInvitation ends an invitation of the actor's account; fault.NotFound if there is
// none that can be used.
func (u *Users) RevokeInvitation(ctx context.Context, actor audit.Actor, id string) error {
	return u.db.Tx(ctx, "revoking an invitation", func(tx *gorm.DB) error {
		var link Link
		if err := u.usable(database.Locked(tx), Invitation).Where("account_id = ? AND id = ?", actor.AccountID, id).Take(&link).Error; err != nil {
			return database.NotFoundAs("no_such_invitation", err)
		}
		if err := tx.Model(&link).UpdateColumn("used_at", u.db.Now()).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "revoked", link.target(), nil)
	})
}

// InvitationFor returns the newest invitation for an e-mail address that can be used, of
// whichever account; fault.NotFound if there is none.
func (u *Users) InvitationFor(ctx context.Context, email string) (Link, error) {
	var link Link
	err := u.usable(u.db.Read(ctx), Invitation).Where("email = ?", EmailKey(email)).Order("id DESC").Take(&link).Error
	return link, u.db.WrapErr("reading an invitation", database.NotFoundAs("no_such_invitation", err))
}

// UsableLink returns the link with a secret, without using it; fault.NotFound if there is
// none that can be used.
func (u *Users) UsableLink(ctx context.Context, p Purpose, secretHash []byte) (Link, error) {
	var link Link
	err := u.usable(u.db.Read(ctx), p).Where("secret_hash = ?", secretHash).Take(&link).Error
	return link, u.db.WrapErr("reading a link", database.NotFoundAs("link_not_usable", err))
}

// use marks a link as used. Of two transactions with one link the second finds none.
func (u *Users) use(tx *gorm.DB, p Purpose, secretHash []byte) (Link, error) {
	var link Link
	if err := u.usable(database.Locked(tx), p).Where("secret_hash = ?", secretHash).Take(&link).Error; err != nil {
		return link, database.NotFoundAs("link_not_usable", err)
	}
	result := tx.Model(&link).Where("used_at IS NULL").UpdateColumn("used_at", u.db.Now())
	if result.Error == nil && result.RowsAffected == 0 {
		return link, fault.New(fault.NotFound, "link_not_usable")
	}
	return link, result.Error
}

// Accept uses an invitation for a user, who gets what it grants. The user is stored with
// the address of the invitation if the id is empty. Otherwise the caller must have verified
// that this user is the one that accepts: a link alone opens nobody's account.
func (u *Users) Accept(ctx context.Context, requestID string, secretHash []byte, user User) (User, Link, error) {
	var link Link
	err := u.db.Tx(ctx, "accepting an invitation", func(tx *gorm.DB) (err error) {
		if link, err = u.use(tx, Invitation, secretHash); err != nil {
			return err
		}
		if err := u.invited(tx, link.Email, &user); err != nil {
			return err
		}
		by := audit.Actor{AccountID: link.AccountID, TokenID: user.ID, Name: user.Name, RequestID: requestID}
		if err := audit.Record(tx, by, "accepted", link.target(), nil); err != nil {
			return err
		}
		return u.join(tx, by, user.ID, link.Grant)
	})
	return user, link, err
}

// invited stores the user with an address, or checks that it is the one who is given.
func (u *Users) invited(tx *gorm.DB, email string, user *User) error {
	known, err := database.First[User](tx.Where("email = ?", email))
	switch {
	case err != nil:
		return err
	case known == nil && user.ID == "":
		user.Email = email
		return u.create(tx, user)
	case known == nil || known.ID != user.ID:
		return fault.New(fault.NotFound, "link_not_usable")
	}
	*user = *known
	return nil
}

// ResetPassword uses a link that sets a new password, and ends all sessions of the user.
func (u *Users) ResetPassword(ctx context.Context, requestID string, secretHash []byte, hash string) (User, error) {
	var user User
	err := u.db.Tx(ctx, "setting a password by a link", func(tx *gorm.DB) error {
		link, err := u.use(tx, Reset, secretHash)
		if err != nil {
			return err
		}
		if err := tx.Where("email = ?", link.Email).Take(&user).Error; err != nil {
			return database.NotFoundAs("link_not_usable", err)
		}
		by := audit.Actor{AccountID: link.AccountID, TokenID: user.ID, Name: user.Name, RequestID: requestID}
		return u.setPassword(tx, by, user.ID, hash, "")
	})
	return user, err
}

// UseSignIn uses a link that signs a user in, and returns the user.
func (u *Users) UseSignIn(ctx context.Context, secretHash []byte) (User, Link, error) {
	var user User
	var link Link
	err := u.db.Tx(ctx, "signing in by a link", func(tx *gorm.DB) (err error) {
		if link, err = u.use(tx, SignIn, secretHash); err != nil {
			return err
		}
		return database.NotFoundAs("link_not_usable", tx.Where("email = ?", link.Email).Take(&user).Error)
	})
	return user, link, err
}
