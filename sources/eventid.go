package sources

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"ringback/conversion"
)

// EventID makes an id for an event of a provider that gives none: the kind of
// event and a digest of what it says. The same report gives the same id however
// often it comes, and one that says something new gives another.
//
// The time of the event counts only when the provider told it: for a time of
// arrival, pass the event without At. Times are those that Plausible lets pass:
// one after the year 9999 has no JSON.
func EventID(e conversion.Event) string {
	e.ID = ""
	content, err := json.Marshal(e)
	if err != nil { // an event of a plausible time is made of types that always encode
		panic(err)
	}
	digest := sha256.Sum256(content)
	return string(e.Type) + "-" + hex.EncodeToString(digest[:8])
}
