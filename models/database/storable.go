package database

import (
	"encoding/json"
	"fmt"

	"ringback/internal/fault"
	"ringback/internal/limits"
)

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
