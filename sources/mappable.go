package sources

import "ringback/internal/unread"

// Mappable is a source whose owner writes where a message has which value, so any parameter of
// its address may be a part of the message.
type Mappable interface {
	SecretsInAddress
	// Try reads a message and returns how its fields were found. The settings need not be
	// stored, but they must be valid.
	Try(Request, Settings) Trial
}

// Trial is what a mapping makes of a message.
type Trial struct {
	Reading    Reading
	Err        error        // an *unread.Error if the message cannot be read
	Fields     []FoundField // for the fields of the mapping that count for this kind of message, by their names
	Values     []FoundValue // in the message, for an owner to choose from
	MoreValues bool         // there are more than Values has
}

// FoundField is what a mapping found for one of Ringback's fields.
type FoundField struct {
	Name   string         // of the field
	Path   string         // where the value stands, empty for a constant and for none
	Value  string         // after the table of values, empty if there is none
	Reason *unread.Defect // why there is no value, or why it is left out; nil if nothing is wrong
}

// FoundValue is a value in a message.
type FoundValue struct {
	Path string // the JSONPath of it
	Text string // its beginning
}
