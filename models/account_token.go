package models

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/ids"
)

// defaultAccountID is the account of an installation that serves one tenant.
const defaultAccountID = "acc_default"

// DefaultAccount returns the account that the operator's own token works in, and
// makes it on first use.
func (s *Store) DefaultAccount(ctx context.Context) (Account, error) {
	account := Account{ID: defaultAccountID, Name: "Default"}
	err := s.read(ctx).Where("id = ?", account.ID).Limit(1).Find(&account).Error
	if err == nil && account.CreatedAt.IsZero() {
		account.CreatedAt = s.now()
		err = s.write(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&account).Error
	}
	return account, s.problem("reading the default account", err)
}

// CreateAccount makes a tenant.
func (s *Store) CreateAccount(ctx context.Context, actor Actor, name string) (Account, error) {
	account := Account{ID: ids.New(ids.Account), Name: name, CreatedAt: s.now()}
	err := s.inTx(ctx, "creating an account", func(tx *gorm.DB) error {
		if err := tx.Create(&account).Error; err != nil {
			return err
		}
		return recordChange(tx, actor, "created", auditTarget{accountID: account.ID, entity: "account", id: account.ID},
			map[string]Change{"name": {To: name}})
	})
	return account, err
}

// Accounts lists all tenants, for the operator.
func (s *Store) Accounts(ctx context.Context, page Page) ([]Account, string, error) {
	accounts, next, err := pageByID(s.read(ctx), page, func(a Account) string { return a.ID })
	return accounts, next, s.problem("listing accounts", err)
}

// Account reads one tenant.
func (s *Store) Account(ctx context.Context, id string) (Account, error) {
	var account Account
	err := s.read(ctx).Where("id = ?", id).Take(&account).Error
	return account, s.problem("reading an account", found("account", err))
}

// CreateToken stores a token of its account; fault.NotFound when there is no such account.
func (s *Store) CreateToken(ctx context.Context, actor Actor, t Token) error {
	t.CreatedAt = s.now()
	return s.inTx(ctx, "creating a token", func(tx *gorm.DB) error {
		var account Account
		if err := tx.Where("id = ?", t.AccountID).Take(&account).Error; err != nil {
			return found("account", err)
		}
		if err := tx.Create(&t).Error; err != nil {
			return err
		}
		return recordChange(tx, actor, "created", auditTarget{accountID: t.AccountID, entity: "token", id: t.ID},
			map[string]Change{"name": {To: t.Name}, "role": {To: t.Role}})
	})
}

// Tokens lists an account's tokens, revoked ones included.
func (s *Store) Tokens(ctx context.Context, accountID string, page Page) ([]Token, string, error) {
	query := s.read(ctx).Where("account_id = ?", accountID)
	tokens, next, err := pageByID(query, page, func(t Token) string { return t.ID })
	return tokens, next, s.problem("listing tokens", err)
}

// RevokeToken ends a token. Revoking it again changes nothing.
func (s *Store) RevokeToken(ctx context.Context, actor Actor, accountID, id string) error {
	return s.inTx(ctx, "revoking a token", func(tx *gorm.DB) error {
		var token Token
		if err := locked(tx).Where("id = ? AND account_id = ?", id, accountID).Take(&token).Error; err != nil {
			return found("token", err)
		}
		if token.RevokedAt != nil {
			return nil
		}
		if err := tx.Model(&token).UpdateColumn("revoked_at", s.now()).Error; err != nil {
			return err
		}
		return recordChange(tx, actor, "revoked", auditTarget{accountID: accountID, entity: "token", id: id}, nil)
	})
}

// TokenByID returns a token for checking its secret; a revoked one is not found.
func (s *Store) TokenByID(ctx context.Context, id string) (Token, error) {
	var token Token
	err := s.read(ctx).Where("id = ? AND revoked_at IS NULL", id).Take(&token).Error
	return token, s.problem("reading a token", found("token", err))
}
