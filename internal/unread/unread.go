// Package unread has the reasons why a message of a provider cannot be read, as
// data. Package explanation writes the sentences. It must not know any provider,
// nor where messages are kept.
package unread

import (
	"fmt"

	"ringback/internal/fault"
)

// Code names a reason.
type Code string

// The codes.
const (
	NotJSON       Code = "not_json"        // the body is no JSON object
	NotForm       Code = "not_form"        // the body or the query has no form fields
	Missing       Code = "field_missing"   // Field
	BadTime       Code = "time_unreadable" // Field, Example
	OutOfRange    Code = "time_out_of_range"
	UnknownEvent  Code = "event_unknown"      // Field, Example
	WrongEvent    Code = "event_contradicted" // Field, Example: the message is not of the event that its address names
	BadID         Code = "id_unusable"        // Field, empty if the source does not name it
	TooManyEvents Code = "too_many_events"    // the call has the most events that are kept
	NotStorable   Code = "not_storable"       // the store refuses a value
	TooLarge      Code = "too_large"          // only the beginning of the message is kept
	NotMapped     Code = "not_mapped"         // the owner has not written yet where the message holds what
	UnknownValue  Code = "value_unknown"      // Field, Example
	BadNumber     Code = "number_unreadable"
	BadDuration   Code = "duration_unreadable"
	Placeholder   Code = "placeholder"     // Field: a macro that the provider has not replaced
	TooManyValues Code = "too_many_values" // the message has more values, or more deeply nested ones, than are read
	TooManyUnread Code = "too_many_unread" // no message, but why one was refused: the source has as many unread ones as are kept
	Failed        Code = "reader_failed"   // the code that reads the provider's messages failed
)

// Codes returns every code.
func Codes() []Code {
	return []Code{
		NotJSON, NotForm, Missing, BadTime, OutOfRange, UnknownEvent, WrongEvent, BadID, TooManyEvents, NotStorable, TooLarge,
		NotMapped, UnknownValue, BadNumber, BadDuration, Placeholder, TooManyValues, TooManyUnread, Failed,
	}
}

// Defect is why a message cannot be read. It holds no value of the message.
type Defect struct {
	Code    Code   `json:"code" doc:"What is wrong with the message." example:"time_unreadable"`
	Field   string `json:"field,omitempty" doc:"The field of the message, as its provider names it." example:"start_time"`
	Example string `json:"example,omitempty" doc:"A value that could be read." example:"2026-03-01T12:00:00-05:00"`
}

// Error is the error of a source that cannot read a message.
type Error struct{ Reason Defect }

// New returns the error of a message that cannot be read because of this field. The
// field is empty if the reason is about the whole message.
func New(code Code, field string) *Error { return &Error{Defect{Code: code, Field: field}} }

// Expecting returns the error of a field that has to look like the example.
func Expecting(code Code, field, example string) *Error {
	return &Error{Defect{Code: code, Field: field, Example: example}}
}

// Error returns the code and the field.
func (e *Error) Error() string {
	if e.Reason.Field == "" {
		return fmt.Sprintf("the message cannot be read: %s", e.Reason.Code)
	}
	return fmt.Sprintf("the message cannot be read: %s: %s", e.Reason.Field, e.Reason.Code)
}

// Unwrap returns the fault of a request that can be corrected.
func (e *Error) Unwrap() error {
	return fault.New(fault.Invalid, "message_unreadable").With("Defect", string(e.Reason.Code)).With("Field", e.Reason.Field)
}
