package database

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/internal/limits"
)

// RetryAfter is when callers are told to try again while the database is away.
const RetryAfter = 5 * time.Second

// WrapErr turns an error of the database into one that callers can act on:
// fault.Unavailable with RetryAfter while the database is away, fault.Conflict
// for a duplicate key, fault.Invalid for a text that cannot be stored. Faults are
// returned as they are; other errors are wrapped and count as internal.
func (db *DB) WrapErr(doing string, err error) error {
	var known *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", doing, err)
	case errors.Is(err, context.DeadlineExceeded), db.dialect.away(err):
		return fault.New(fault.Unavailable, "database_away").After(RetryAfter).By(fmt.Errorf("%s: %w", doing, err))
	case db.dialect.unstorable(err):
		return errZeroCharacter(fmt.Errorf("%s: %w", doing, err))
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return fault.New(fault.Conflict, "exists").By(fmt.Errorf("%s: %w", doing, err))
	default:
		return fmt.Errorf("%s: %w", doing, err)
	}
}

// NotFoundAs turns GORM's "record not found" into fault.NotFound with this reason, as in
// "no_such_site". The reason is the same for what belongs to another account (G9).
// Other errors are returned as they are.
func NotFoundAs(reason string, err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.New(fault.NotFound, reason)
	}
	return err
}

// errZeroCharacter returns the error for a text with U+0000. The limit is
// PostgreSQL's; it applies on SQLite too, so that what is accepted does not depend
// on the database.
func errZeroCharacter(cause error) error {
	return fault.New(fault.Invalid, "text_not_storable").By(cause)
}

// CheckStorable returns fault.Invalid if any text in a value contains U+0000. The
// texts are those that encoding/json writes.
func CheckStorable(in any) error {
	encoded, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encoding what came in: %w", err)
	}
	if limits.HoldsZero(encoded) {
		return errZeroCharacter(nil)
	}
	return nil
}
