// Package stored reads JSON that an earlier version of Ringback stored in another
// form. It must not know what the values mean.
package stored

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// ObjectOrText reads JSON into text if it is a string, and into object otherwise.
// Earlier versions stored sentences in English where there are codes and values now.
func ObjectOrText(data []byte, object any, text *string) error {
	into := object
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte(`"`)) {
		into = text
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("reading an object or a text: %w", err)
	}
	return nil
}
