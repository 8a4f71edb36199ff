// Package fault holds Ringback's one error type for errors that a person can act on:
// its kind, its reason, and the fields that it concerns. Web maps kinds to HTTP
// statuses, and package explanation writes the sentences in the reader's language. All
// other errors are internal: their text is logged and never shown.
//
// It must not know of HTTP, of languages or of who shows an error.
package fault

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code is the kind of a fault.
type Code string

// The codes. Web maps each to one HTTP status.
const (
	Invalid         Code = "invalid"         // the request is wrong; Fields has the details
	Unauthenticated Code = "unauthenticated" // no token, or an unknown one
	Forbidden       Code = "forbidden"       // the token's role does not allow it
	NotFound        Code = "not_found"       // it does not exist, or belongs to another account
	Conflict        Code = "conflict"        // it contradicts what is stored
	TooLarge        Code = "too_large"       // the body is over the limit
	RateLimited     Code = "rate_limited"    // too many requests
	Unavailable     Code = "unavailable"     // the database or Temporal is away; try again
	Internal        Code = "internal"        // an error of Ringback itself
)

// Field is one wrong field of the request, and what was expected. It never quotes
// the value, which may be a secret.
type Field struct {
	Path     string // as in the request body: "credentials.pkey", "calls.metrics[1]"
	Expected Expectation
}

// Error is a fault. Reason is for the caller; Err is the cause, for the log.
type Error struct {
	Code       Code
	Reason     Reason
	Fields     []Field
	RetryAfter time.Duration // for Unavailable and RateLimited
	Err        error
}

// Error returns the code, the reason, the fields, and the cause if there is one.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Reason)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Path, f.Expected)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New returns the fault with the reason that has this code.
func New(code Code, reason string) *Error { return &Error{Code: code, Reason: Because(reason)} }

// With returns the fault with one more value of its reason.
func (e Error) With(name, value string) *Error {
	e.Reason = e.Reason.With(name, value)
	return &e
}

// Counting returns the fault with the count of its reason. Its message has plural forms.
func (e Error) Counting(n int) *Error {
	e.Reason = e.Reason.Counting(n)
	return &e
}

// After returns the fault with the time after which the caller may try again.
func (e Error) After(wait time.Duration) *Error {
	e.RetryAfter = wait
	return &e
}

// By returns the fault with its cause.
func (e Error) By(cause error) *Error {
	e.Err = cause
	return &e
}

// InvalidFields returns the fault of a request with these wrong fields.
func InvalidFields(fields ...Field) *Error {
	return &Error{Code: Invalid, Reason: Because("fields_unusable"), Fields: fields}
}

// CodeOf returns the code of an error, or Internal if it is not a fault.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
