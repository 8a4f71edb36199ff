package tracker

import (
	"encoding/json"
	"slices"
)

// Config holds the script's settings for one site. Its JSON is the contract with
// src/config.d.ts.
type Config struct {
	URL            string      `json:"u"`          // base of the addresses to post to: https://ringback.example.com/s/KEY
	Domains        []string    `json:"d"`          // the site's host names; cookies are set for the shortest one that is the page's host or a parent of it
	Consent        Flag        `json:"c,omitzero"` // except for a stored choice, nothing is read, stored or sent before ringback('consent', true)
	Forms          Forms       `json:"f"`
	VisitorIDs     []VisitorID `json:"i"`
	SessionMinutes int         `json:"m"`          // of inactivity that end a session
	Numbers        []Number    `json:"r"`          // the numbers on the pages to replace
	NeverRead      []string    `json:"n"`          // names of form fields whose values are never read, in lower case
	SwapAfterLoad  Flag        `json:"w,omitzero"` // replace numbers only after the page has loaded, for frameworks that hydrate HTML rendered on the server
}

// Flag is a bool that is 1 or 0 in JSON.
type Flag bool

// MarshalJSON returns 1 or 0.
func (f Flag) MarshalJSON() ([]byte, error) {
	if f {
		return []byte("1"), nil
	}
	return []byte("0"), nil
}

// Forms selects the forms whose submissions become leads.
type Forms int

// The selections of forms.
const (
	FormsNone   Forms = iota // none; leads come only from ringback('lead', ...)
	FormsMarked              // forms with data-ringback
	FormsAll                 // all forms except those with data-ringback="ignore"
)

// VisitorID names the places that may hold a third party's visitor id. The first
// cookie that holds one counts, then the first entry of the local storage.
type VisitorID struct {
	System  string // rtbhouse, bizible, ...
	Cookies []string
	Storage []string
}

// MarshalJSON returns [system, cookies, storage].
func (v VisitorID) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{v.System, list(v.Cookies), list(v.Storage)})
}

// Number is a telephone number on the site's pages.
type Number struct {
	International string // digits with the country code, without +: 12025550100
	National      string // digits as dialed within the country: 2025550100, 02079460123
	Trunk         string // International with the trunk prefix after the country code: 4402079460123; empty if there is none
	TrunkNational string // National with the trunk prefix, in countries that often leave it out: 01131234567; empty in others
}

// MarshalJSON returns [national, international, trunk, trunkNational]. The list ends
// before the first that is empty.
func (n Number) MarshalJSON() ([]byte, error) {
	digits := []string{n.National, n.International, n.Trunk, n.TrunkNational}
	if end := slices.Index(digits, ""); end >= 0 {
		digits = digits[:end]
	}
	return json.Marshal(digits)
}

// list returns values, or an empty slice instead of nil: JSON must hold no null.
func list[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}
