package conversion

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// UnmarshalJSON also reads decisions that were stored with an explanation in
// English. The sentence is kept in Text.
func (d *Decision) UnmarshalJSON(data []byte) error {
	type plain Decision
	var stored struct {
		plain
		Explanation string `json:"explanation"`
	}
	if err := json.Unmarshal(data, &stored); err != nil {
		return fmt.Errorf("reading a decision: %w", err)
	}
	*d = Decision(stored.plain)
	if stored.Explanation != "" {
		d.Text = stored.Explanation
	}
	return nil
}

// UnmarshalJSON also reads checks that were stored as sentences in English: a
// name, and texts for what was wanted, what was seen and the note.
func (c *Check) UnmarshalJSON(data []byte) error {
	type plain Check
	var stored struct {
		plain
		Name   CheckCode       `json:"name"`
		Wanted json.RawMessage `json:"wanted"`
		Seen   json.RawMessage `json:"seen"`
		Note   string          `json:"note"`
	}
	if err := json.Unmarshal(data, &stored); err != nil {
		return fmt.Errorf("reading a check: %w", err)
	}
	*c = Check(stored.plain)
	if stored.Name != "" {
		c.Code = stored.Name
	}
	if stored.Note != "" {
		c.Notes = append(c.Notes, Note{Code: NoteText, Text: stored.Note})
	}
	if err := readTextOr(stored.Wanted, &c.Wanted.Text, &c.Wanted); err != nil {
		return err
	}
	if err := readTextOr(stored.Seen, &c.Seen.Text, &c.Seen); err != nil {
		return err
	}
	if c.Seen.Text != "" {
		c.Seen.Code = SeenText
	}
	return nil
}

// readTextOr reads JSON into text if it is a string, and into value otherwise.
func readTextOr(data json.RawMessage, text *string, value any) error {
	if len(data) == 0 {
		return nil
	}
	if bytes.HasPrefix(data, []byte(`"`)) {
		value = text
	}
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("reading what a check wanted or saw: %w", err)
	}
	return nil
}
