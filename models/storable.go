package models

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"ringback/internal/fault"
)

// errZeroCharacter is PostgreSQL's limit. SQLite has none, and keeps to it all
// the same, so that what is accepted does not depend on the database.
func errZeroCharacter(cause error) error {
	return &fault.Error{Code: fault.Invalid, Message: "a text holds the character U+0000, which cannot be stored", Err: cause}
}

// storable refuses what holds U+0000 in any of its texts.
func storable(in any) error {
	encoded, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encoding what came in: %w", err)
	}
	if !bytes.Contains(encoded, []byte(`\u0000`)) {
		return nil
	}
	tokens := json.NewDecoder(bytes.NewReader(encoded)) // it may be a text about "\u0000"
	for {
		token, err := tokens.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading what came in: %w", err)
		}
		if text, ok := token.(string); ok && strings.Contains(text, "\x00") {
			return errZeroCharacter(nil)
		}
	}
}
