package accounts

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/ids"
	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/quotas"
)

// Role is what the bearer of a token may do.
type Role string

// The roles. Each may do what the next one may, except that RoleIntake can only post
// events and leads.
const (
	RoleAdmin  Role = "admin"
	RoleEditor Role = "editor"
	RoleViewer Role = "viewer"
	RoleIntake Role = "intake"
)

// Account is a tenant.
type Account struct {
	ID        string `gorm:"primaryKey"`
	Name      string
	CreatedAt time.Time
}

// Token is a credential for the API. Only a hash of its secret is stored.
type Token struct {
	ID         string `gorm:"primaryKey"`
	AccountID  string
	Name       string
	Role       Role
	SecretHash []byte // SHA-256 of the whole token: 256 random bits need no slow hash
	CreatedAt  time.Time
	RevokedAt  *time.Time
	LastUsedAt *time.Time // some minutes exact, nil if it was never used
}

// usedEvery is how often the last use of a token is stored.
const usedEvery = 5 * time.Minute

// Directory holds the accounts and their tokens. It is safe for concurrent use. Its errors
// are those of database.DB.WrapErr.
type Directory struct {
	db     *database.DB
	quotas *quotas.Quotas
}

// New returns the accounts of a database, which have these quotas.
func New(db *database.DB, quotas *quotas.Quotas) *Directory { return &Directory{db, quotas} }

// defaultAccountID is the account of an installation that serves one tenant.
const defaultAccountID = "acc_default"

// DefaultAccount returns the account that the operator's own token works in, and
// makes it on first use.
func (d *Directory) DefaultAccount(ctx context.Context) (Account, error) {
	account := Account{ID: defaultAccountID, Name: "Default"}
	err := d.db.Read(ctx).Where("id = ?", account.ID).Limit(1).Find(&account).Error
	if err == nil && account.CreatedAt.IsZero() {
		account.CreatedAt = d.db.Now()
		err = d.db.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&account).Error
	}
	return account, d.db.WrapErr("reading the default account", err)
}

// CreateAccount makes a tenant.
func (d *Directory) CreateAccount(ctx context.Context, actor audit.Actor, name string) (Account, error) {
	account := Account{ID: ids.New(ids.Account), Name: name, CreatedAt: d.db.Now()}
	err := d.db.Tx(ctx, "creating an account", func(tx *gorm.DB) error {
		if err := tx.Create(&account).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "created", audit.Target{AccountID: account.ID, Entity: "account", ID: account.ID},
			map[string]audit.Change{"name": {To: name}})
	})
	return account, err
}

// Accounts lists all tenants, for the operator.
func (d *Directory) Accounts(ctx context.Context, page database.Page) ([]Account, string, error) {
	accounts, next, err := database.PageByID(d.db.Read(ctx), page, func(a Account) string { return a.ID })
	return accounts, next, d.db.WrapErr("listing accounts", err)
}

// Account reads one tenant.
func (d *Directory) Account(ctx context.Context, id string) (Account, error) {
	var account Account
	err := d.db.Read(ctx).Where("id = ?", id).Take(&account).Error
	return account, d.db.WrapErr("reading an account", database.NotFoundAs("no_such_account", err))
}

// SetLimits changes the limits that an account has of its own, as quotas.Change does.
func (d *Directory) SetLimits(ctx context.Context, actor audit.Actor, accountID string, change func(quotas.Limits) error) error {
	return d.db.Tx(ctx, "setting the limits of an account", func(tx *gorm.DB) error {
		before, after, err := quotas.Change(tx, accountID, change)
		if err != nil {
			return err
		}
		changes := audit.DiffFields(audit.EncodeFields(before.Fields()), audit.EncodeFields(after.Fields()))
		return audit.Record(tx, actor, "updated", audit.Target{AccountID: accountID, Entity: "account", ID: accountID}, changes)
	})
}

// CreateToken stores a token of its account; fault.NotFound when there is no such account.
func (d *Directory) CreateToken(ctx context.Context, actor audit.Actor, t Token) error {
	t.CreatedAt = d.db.Now()
	return d.db.Tx(ctx, "creating a token", func(tx *gorm.DB) error {
		var account Account
		if err := tx.Where("id = ?", t.AccountID).Take(&account).Error; err != nil {
			return database.NotFoundAs("no_such_account", err)
		}
		if err := d.quotas.AllowInAccount(tx, t.AccountID, quotas.Tokens, tx.Model(&Token{}).Where("revoked_at IS NULL")); err != nil {
			return err
		}
		if err := tx.Create(&t).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "created", audit.Target{AccountID: t.AccountID, Entity: "token", ID: t.ID},
			map[string]audit.Change{"name": {To: t.Name}, "role": {To: t.Role}})
	})
}

// Tokens lists an account's tokens, revoked ones included.
func (d *Directory) Tokens(ctx context.Context, accountID string, page database.Page) ([]Token, string, error) {
	query := d.db.Read(ctx).Where("account_id = ?", accountID)
	tokens, next, err := database.PageByID(query, page, func(t Token) string { return t.ID })
	return tokens, next, d.db.WrapErr("listing tokens", err)
}

// RevokeToken ends a token. Revoking it again changes nothing.
func (d *Directory) RevokeToken(ctx context.Context, actor audit.Actor, accountID, id string) error {
	return d.db.Tx(ctx, "revoking a token", func(tx *gorm.DB) error {
		var token Token
		if err := database.Locked(tx).Where("id = ? AND account_id = ?", id, accountID).Take(&token).Error; err != nil {
			return database.NotFoundAs("no_such_token", err)
		}
		if token.RevokedAt != nil {
			return nil
		}
		if err := tx.Model(&token).UpdateColumn("revoked_at", d.db.Now()).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "revoked", audit.Target{AccountID: accountID, Entity: "token", ID: id}, nil)
	})
}

// TokenByID returns a token for checking its secret; a revoked one is not found.
func (d *Directory) TokenByID(ctx context.Context, id string) (Token, error) {
	var token Token
	err := d.db.Read(ctx).Where("id = ? AND revoked_at IS NULL", id).Take(&token).Error
	return token, d.db.WrapErr("reading a token", database.NotFoundAs("no_such_token", err))
}

// TokenUsed stores from time to time that a token is in use.
func (d *Directory) TokenUsed(ctx context.Context, t Token) error {
	now := d.db.Now()
	if t.LastUsedAt != nil && now.Sub(*t.LastUsedAt) < usedEvery {
		return nil
	}
	err := d.db.Write(ctx).Model(&Token{}).Where("id = ?", t.ID).UpdateColumn("last_used_at", now).Error
	return d.db.WrapErr("storing the last use of a token", err)
}
