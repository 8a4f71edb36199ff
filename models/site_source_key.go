package models

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/database"
)

// hashOfHookKey returns the hash by which a source is found. A key is 128 random bits
// or more, so it needs no slow hash.
func hashOfHookKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// RenewHookKey replaces the key. The address with the old one then finds nothing.
func (s *SiteSource) RenewHookKey() { s.HookKey = rand.Text() }

// isPlain selects the sources whose column of hashes still holds the key itself, as
// before migration 00025. Keys are shorter than hashes.
func isPlain(tx *gorm.DB) *gorm.DB {
	return tx.Where("length(hook_key_hash) < ?", hex.EncodedLen(sha256.Size))
}

// sealHookKeys encrypts the hook keys that an earlier version stored in the clear, and
// stores their hashes.
func (s *Store) sealHookKeys(ctx context.Context) error {
	return s.db.Tx(ctx, "encrypting the keys of webhooks", func(tx *gorm.DB) error {
		var rows []SiteSource
		if err := isPlain(database.Locked(tx)).Find(&rows).Error; err != nil {
			return err
		}
		for i := range rows {
			rows[i].HookKey, rows[i].HookKeyHash = rows[i].HookKeyHash, hashOfHookKey(rows[i].HookKeyHash)
			if err := tx.Model(&rows[i]).Select("hook_key", "hook_key_hash").UpdateColumns(&rows[i]).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// checkHookKeys returns fault.Unavailable if a migration ended before it had encrypted
// the hook keys.
func (s *Store) checkHookKeys(ctx context.Context) error {
	plain, err := database.First[SiteSource](isPlain(s.db.Read(ctx)).Select("site_id"))
	if err == nil && plain != nil {
		err = fault.New(fault.Unavailable, "hook_keys_not_encrypted")
	}
	return s.db.WrapErr("looking for hook keys in the clear", err)
}
