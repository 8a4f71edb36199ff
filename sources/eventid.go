package sources

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"ringback/conversion"
)

// EventID returns an id for an event whose provider has none: the type of the event
// and a digest of its content. A repeated report gets the same id, and a report
// with new content gets another one.
//
// If the event's time is only the time of arrival, pass the event without At, so
// that a repeat gets the same id. The time must be plausible, because a time after
// the year 9999 has no JSON.
func EventID(e conversion.CallEvent) string {
	e.ID = ""
	content, err := json.Marshal(e)
	if err != nil { // an event with a plausible time always encodes
		panic(err)
	}
	digest := sha256.Sum256(content)
	return string(e.Type) + "-" + hex.EncodeToString(digest[:8])
}
