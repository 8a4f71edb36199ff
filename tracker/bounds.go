package tracker

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// bounds is the file from which the build takes the same expressions for the script.
//
//go:embed src/numberpattern.json
var bounds []byte

// NumberBounds are regular expressions for where the script finds a number in a text. They
// have no flags and no groups, and mean the same in JavaScript and in package regexp,
// except for \s in brackets, which is any white space of Unicode in JavaScript.
type NumberBounds struct {
	Separator string `json:"separator"` // a character that may be between two digits
	Encoded   string `json:"encoded"`   // a character in the address of a link, encoded by percent signs, that may be between two digits
	Exit      string `json:"exit"`      // how a text ends before a number with its country code, besides a plus: the prefix of calls abroad
	Before    string `json:"before"`    // how a text ends before digits that belong to something else
	After     string `json:"after"`     // how the text after such digits begins
}

// Bounds returns the bounds of numbers.
func Bounds() NumberBounds {
	var b NumberBounds
	if err := json.Unmarshal(bounds, &b); err != nil {
		panic(fmt.Sprintf("tracker: the embedded bounds are JSON: %v", err))
	}
	return b
}
