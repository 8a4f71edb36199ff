// Package sourcestatus holds what owners are shown about a source of calls, as data:
// what prevents its provider's API from being read, and whether the source is silent
// for longer than usual. Package explanation writes the sentences.
//
// It is pure, and must not know any provider, nor where messages are kept.
package sourcestatus

// Code names a problem of reading a provider's API.
type Code string

// The codes.
const (
	Refused     Code = "key_refused"  // the provider does not accept the key
	NotFound    Code = "not_found"    // the provider has no such account or site
	Limited     Code = "limited"      // the provider's limit of requests is reached
	Unavailable Code = "unavailable"  // the provider answers with an error of its own
	Unreachable Code = "unreachable"  // there is no answer
	Unexpected  Code = "unexpected"   // the provider refuses the request in another way
	Unreadable  Code = "unreadable"   // the answer is not what the provider documents
	KeyUnopened Code = "key_unopened" // none of the service's keys opens the stored credentials
)

// Codes returns all codes.
func Codes() []Code {
	return []Code{Refused, NotFound, Limited, Unavailable, Unreachable, Unexpected, Unreadable, KeyUnopened}
}

// Problem is what prevents a provider's API from being read. It holds nothing of the
// answer but its status. The zero value means that nothing does.
type Problem struct {
	Code   Code `json:"code,omitempty" doc:"What is wrong, for programs." example:"key_refused"`
	Status int  `json:"status,omitempty" doc:"The HTTP status of the provider's answer. Missing if there was none." example:"401"`
}

// IsZero reports whether there is no problem.
func (p Problem) IsZero() bool { return p.Code == "" }
