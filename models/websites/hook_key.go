package websites

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/database"
)

const hookKeyColumn = "hook_key"

// hashOfHookKey returns the hash by which a source is found. A key is 128 random bits
// or more, so it needs no slow hash.
func hashOfHookKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// RenewHookKey replaces the key. The address with the old one then finds nothing.
func (s *Source) RenewHookKey() { s.HookKey = rand.Text() }

// isPlain selects the sources whose column of hashes still holds the key itself, as
// before migration 00025. Keys are shorter than hashes.
func isPlain(tx *gorm.DB) *gorm.DB {
	return tx.Where("length(hook_key_hash) < ?", hex.EncodedLen(sha256.Size))
}

// SealHookKeys encrypts the hook keys that an earlier version stored in the clear, and
// stores their hashes.
func (s *Store) SealHookKeys(ctx context.Context) error {
	return s.db.Tx(ctx, "encrypting the keys of webhooks", func(tx *gorm.DB) error {
		var rows []Source
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

// CheckHookKeys returns fault.Unavailable if a migration ended before it had encrypted
// the hook keys.
func (s *Store) CheckHookKeys(ctx context.Context) error {
	plain, err := database.First[Source](isPlain(s.db.Read(ctx)).Select("site_id"))
	if err == nil && plain != nil {
		err = fault.New(fault.Unavailable, "hook_keys_not_encrypted")
	}
	return s.db.WrapErr("looking for hook keys in the clear", err)
}

// MarkUnreadable records that no key opens the source's credentials, or its hook key.
func (s *Source) MarkUnreadable(column string) {
	if column == hookKeyColumn {
		s.hookKeyUnreadable = true
		return
	}
	s.CredentialsUnreadable = true
}

// Seals returns what is known of the source's credentials and hook key.
func (s *Source) Seals() database.SealedColumns {
	return database.SealedColumns{
		Of: s.SiteID + "/" + s.Source, Readable: map[string]bool{database.CredentialsColumn: !s.CredentialsUnreadable, hookKeyColumn: !s.hookKeyUnreadable},
	}
}
