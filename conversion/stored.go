package conversion

import (
	"encoding/json"
	"fmt"

	"ringback/internal/stored"
)

// UnmarshalJSON also reads decisions that were stored with an explanation in
// English. The sentence is kept in Text.
func (d *Decision) UnmarshalJSON(data []byte) error {
	type plain Decision
	var read struct {
		plain
		Explanation string `json:"explanation"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return fmt.Errorf("reading a decision: %w", err)
	}
	*d = Decision(read.plain)
	if read.Explanation != "" {
		d.Text = read.Explanation
	}
	return nil
}

// UnmarshalJSON also reads checks that were stored as sentences in English: a
// name, and texts for what was wanted, what was seen and the note.
func (c *Check) UnmarshalJSON(data []byte) error {
	type plain Check
	var read struct {
		plain
		Name   CheckCode       `json:"name"`
		Wanted json.RawMessage `json:"wanted"`
		Seen   json.RawMessage `json:"seen"`
		Note   string          `json:"note"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return fmt.Errorf("reading a check: %w", err)
	}
	*c = Check(read.plain)
	if read.Name != "" {
		c.Code = read.Name
	}
	if read.Note != "" {
		c.Notes = append(c.Notes, Note{Code: NoteText, Text: read.Note})
	}
	if err := readStored(read.Wanted, &c.Wanted, &c.Wanted.Text); err != nil {
		return err
	}
	if err := readStored(read.Seen, &c.Seen, &c.Seen.Text); err != nil {
		return err
	}
	if c.Seen.Text != "" {
		c.Seen.Code = SeenText
	}
	return nil
}

// readStored reads what a check wanted or saw. It does nothing if that is missing.
func readStored(data json.RawMessage, value any, text *string) error {
	if len(data) == 0 {
		return nil
	}
	if err := stored.ObjectOrText(data, value, text); err != nil {
		return fmt.Errorf("reading what a check wanted or saw: %w", err)
	}
	return nil
}
