package users

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/ownership"
)

// Member is a user as the admins of an account see one.
type Member struct {
	ID    string // of the user
	Email string
	Name  string
	Grant
	CreatedAt time.Time // when the user came to the account
}

// Members lists the users of an account.
func (u *Users) Members(ctx context.Context, accountID string, page database.Page) ([]Member, string, error) {
	query := u.db.Read(ctx).Table("(?) AS members", u.members(ctx, accountID))
	members, next, err := database.PageByID(query, page, func(m Member) string { return m.ID })
	return members, next, u.db.WrapErr("listing the users of an account", err)
}

func (u *Users) members(ctx context.Context, accountID string) *gorm.DB {
	return u.db.Read(ctx).Table("memberships AS m").Joins("JOIN users AS u ON u.id = m.user_id").
		Select("u.id, u.email, u.name, m.role, m.sites, m.created_at").Where("m.account_id = ?", accountID)
}

// Member returns a user of an account; fault.NotFound if the account has none of this id.
func (u *Users) Member(ctx context.Context, accountID, userID string) (Member, error) {
	var member Member
	err := u.members(ctx, accountID).Where("u.id = ?", userID).Take(&member).Error
	return member, u.db.WrapErr("reading a user of an account", database.NotFoundAs("no_such_user", err))
}

// ChangeMember sets what a user may do in the actor's account. The last admin stays one.
func (u *Users) ChangeMember(ctx context.Context, actor audit.Actor, userID string, to Grant) error {
	return u.db.Tx(ctx, "changing what a user may do", func(tx *gorm.DB) error {
		member, err := lockedMember(tx, actor.AccountID, userID)
		if err != nil {
			return err
		}
		if err := checkSites(tx, actor.AccountID, to); err != nil {
			return err
		}
		changes := audit.DiffFields(audit.EncodeFields(member.audited()), audit.EncodeFields(to.audited()))
		if len(changes) == 0 {
			return nil
		}
		if err := keepAnAdmin(tx, member, to.Role); err != nil {
			return err
		}
		member.Grant = to
		if err := tx.Model(&member).Select("Role", "Sites").Updates(&member).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "updated", target(actor.AccountID, userID), changes)
	})
}

// RemoveMember takes a user out of the actor's account. The last admin stays. Sessions of
// the user in the account end; the user and other accounts of the user stay.
func (u *Users) RemoveMember(ctx context.Context, actor audit.Actor, userID string) error {
	return u.db.Tx(ctx, "removing a user", func(tx *gorm.DB) error {
		member, err := lockedMember(tx, actor.AccountID, userID)
		if err != nil {
			return err
		}
		if err := keepAnAdmin(tx, member, ""); err != nil {
			return err
		}
		if err := tx.Delete(&member).Error; err != nil {
			return err
		}
		if err := tx.Where("user_id = ? AND account_id = ?", userID, actor.AccountID).Delete(&Session{}).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "deleted", target(actor.AccountID, userID), nil)
	})
}

// lockedMember returns a membership with its account locked, so that two admins who remove
// each other take turns.
func lockedMember(tx *gorm.DB, accountID, userID string) (Membership, error) {
	var member Membership
	if err := lockAccount(tx, accountID); err != nil {
		return member, err
	}
	err := tx.Where("account_id = ? AND user_id = ?", accountID, userID).Take(&member).Error
	return member, database.NotFoundAs("no_such_user", err)
}

func lockAccount(tx *gorm.DB, accountID string) error {
	var account accounts.Account
	err := database.Locked(tx).Where("id = ?", accountID).Take(&account).Error
	return database.NotFoundAs("no_such_account", err)
}

// keepAnAdmin returns fault.Conflict if an account would have users and no admin among
// them, once a member's role is another one.
func keepAnAdmin(tx *gorm.DB, member Membership, to accounts.Role) error {
	if member.Role != accounts.RoleAdmin || to == accounts.RoleAdmin {
		return nil
	}
	var others int64
	err := tx.Model(&Membership{}).Where("account_id = ? AND user_id <> ? AND role = ?", member.AccountID, member.UserID, accounts.RoleAdmin).Count(&others).Error
	if err == nil && others == 0 {
		return fault.New(fault.Conflict, "last_admin")
	}
	return err
}

// checkSites returns fault.NotFound unless the sites of a grant are the account's.
func checkSites(tx *gorm.DB, accountID string, g Grant) error {
	for site := range g.Sites {
		if err := ownership.CheckSite(tx, accountID, site); err != nil {
			return err
		}
	}
	return nil
}

// IsOnlyOf reports whether a user belongs to no other account than this.
func (u *Users) IsOnlyOf(ctx context.Context, accountID, userID string) (bool, error) {
	var others int64
	err := u.db.Read(ctx).Model(&Membership{}).Where("user_id = ? AND account_id <> ?", userID, accountID).Count(&others).Error
	return others == 0, u.db.WrapErr("counting the accounts of a user", err)
}

// CreateFirstAdmin stores the first user of an account, who is its admin; fault.Conflict
// if it has users already, or if the e-mail address is another user's.
func (u *Users) CreateFirstAdmin(ctx context.Context, actor audit.Actor, user User) (User, error) {
	err := u.db.Tx(ctx, "storing the first admin", func(tx *gorm.DB) error {
		if err := lockAccount(tx, actor.AccountID); err != nil {
			return err
		}
		var members int64
		if err := tx.Model(&Membership{}).Where("account_id = ?", actor.AccountID).Count(&members).Error; err != nil {
			return err
		}
		if members > 0 {
			return fault.New(fault.Conflict, "has_users")
		}
		if err := u.create(tx, &user); err != nil {
			return err
		}
		return u.join(tx, actor, user.ID, Grant{Role: accounts.RoleAdmin})
	})
	return user, err
}

// join stores what a user may do in the actor's account. A user who belongs to it already
// may do what was possible before.
func (u *Users) join(tx *gorm.DB, actor audit.Actor, userID string, grant Grant) error {
	if grant.Sites == nil {
		grant.Sites = map[string]accounts.Role{}
	}
	member := Membership{UserID: userID, AccountID: actor.AccountID, Grant: grant, CreatedAt: u.db.Now()}
	if isNew, err := database.InsertOnce(tx, &member); err != nil || !isNew {
		return err
	}
	changes := audit.DiffFields(nil, audit.EncodeFields(grant.audited()))
	return audit.Record(tx, actor, "created", target(actor.AccountID, userID), changes)
}
