package fault

import (
	"fmt"
	"strings"

	"ringback/internal/stored"
)

// Expectation is what was expected of a value: a code, and the values that belong to
// it. Package explanation writes the sentence in the reader's language. A code that
// only one destination or source has begins with its type and a point:
// "webhook.no_secret". An expectation never holds the value itself, which may be a
// secret. The zero value means that there is none.
type Expectation struct {
	Code   string            `json:"code,omitempty" doc:"What was expected, for programs. Missing if only a text is stored, by an earlier version." example:"one_of"`
	Count  int64             `json:"count,omitempty" doc:"The number that the expectation is about, such as a limit."`
	Values map[string]string `json:"values,omitempty" doc:"The values that belong to the code."`
	Text   string            `json:"text,omitempty" doc:"What was expected, in English, as earlier versions stored it."`
}

// Expect returns the expectation with this code.
func Expect(code string) Expectation { return Expectation{Code: code} }

// OneOf returns the expectation of one of these values.
func OneOf[T ~string](choices []T) Expectation {
	words := make([]string, len(choices))
	for i, choice := range choices {
		words[i] = string(choice)
	}
	return Expect("one_of").With("Choices", strings.Join(words, ", "))
}

// With returns the expectation with one more value.
func (e Expectation) With(name, value string) Expectation {
	e.Values = with(e.Values, name, value)
	return e
}

// Counting returns the expectation with this count. Its message has plural forms.
func (e Expectation) Counting(n int) Expectation {
	e.Count = int64(n)
	return e
}

// IsZero reports whether nothing was expected.
func (e Expectation) IsZero() bool { return e.Code == "" && e.Text == "" }

// String returns the expectation for logs: its text, or its code with the count and the
// values.
func (e Expectation) String() string {
	if e.Code == "" {
		return e.Text
	}
	return logged(e.Code, e.Count, e.Values)
}

// UnmarshalJSON also reads expectations that were stored as texts in English.
func (e *Expectation) UnmarshalJSON(data []byte) error {
	type plain Expectation
	var read plain
	if err := stored.ObjectOrText(data, &read, &read.Text); err != nil {
		return fmt.Errorf("reading what was expected: %w", err)
	}
	*e = Expectation(read)
	return nil
}
