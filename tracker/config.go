package tracker

import "encoding/json"

// Config is what the script is told of its site. Its form is the contract with
// src/config.d.ts.
type Config struct {
	URL            string      `json:"u"` // what it posts to is below it: https://ringback.example.com/s/KEY
	Domains        []string    `json:"d"` // the site's host names; cookies are set for the shortest that fits the page's
	Consent        Flag        `json:"c"` // but for an earlier choice, nothing is read, stored or sent before ringback('consent', true)
	Forms          Forms       `json:"f"`
	VisitorIDs     []VisitorID `json:"i"`
	SessionMinutes int         `json:"m"` // of inactivity that end a session
	Numbers        []Number    `json:"r"` // those on the pages that are to be replaced
	NeverRead      []string    `json:"n"` // names of form fields whose values are not touched, lower case
	SwapAfterLoad  Flag        `json:"w"` // numbers are swapped once the page has loaded, for pages that take over HTML which their server rendered
}

// Flag is a yes or no that is written as 1 or 0.
type Flag bool

// MarshalJSON writes 1 or 0.
func (f Flag) MarshalJSON() ([]byte, error) {
	if f {
		return []byte("1"), nil
	}
	return []byte("0"), nil
}

// Forms says which forms' submissions become leads.
type Forms int

// The forms that are read.
const (
	FormsNone   Forms = iota // leads come by ringback('lead', ...) alone
	FormsMarked              // those with data-ringback
	FormsAll                 // all but those with data-ringback="ignore"
)

// VisitorID says where a third party's visitor id is found. The first of the
// cookies, then of the local storage's entries, that holds one counts.
type VisitorID struct {
	System  string // rtbhouse, bizible, ...
	Cookies []string
	Storage []string
}

// MarshalJSON writes [system, cookies, storage].
func (v VisitorID) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{v.System, list(v.Cookies), list(v.Storage)})
}

// Number is a telephone number as it may stand on the pages.
type Number struct {
	International string // digits with the country code, without +: 12025550100
	National      string // digits as dialled in the country: 2025550100, 02079460123
}

// MarshalJSON writes [international, national].
func (n Number) MarshalJSON() ([]byte, error) {
	return json.Marshal([]string{n.International, n.National})
}

// list is never null in JSON.
func list[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}
