package identity

import (
	"maps"

	"ringback/conversion"
)

// maxVisitorID is the maximum length of a third party's visitor id in bytes.
// Visitors are found by it, and an index of PostgreSQL holds not much more.
const maxVisitorID = 2048

// CanBeFoundBy reports whether visitors are found by this id. One of more than 2,048
// bytes is stored with the conversion that it was reported with, and leads to no other.
func CanBeFoundBy(id string) bool { return id != "" && len(id) <= maxVisitorID }

// NewVisitorIDs returns the third parties' visitor ids that a page reported and
// that are not known yet or have changed, by system. Ids of an older page view
// add to those that are known but change none.
func NewVisitorIDs(known, reported map[string]string, isOlder bool) map[string]string {
	news := map[string]string{}
	for system, id := range reported {
		had := known[system]
		if id == had || !CanBeFoundBy(id) || !conversion.UsableVisitorID(id) || had != "" && isOlder {
			continue
		}
		news[system] = id
	}
	return news
}

// UsableVisitorIDs returns the visitor ids that can identify somebody, as the
// pages' script reports them: sources may report the raw value of the cookie.
func UsableVisitorIDs(reported map[string]string) map[string]string {
	usable := make(map[string]string, len(reported))
	for system, raw := range reported {
		if id := conversion.VisitorID(raw); id != "" {
			usable[system] = id
		}
	}
	return usable
}

// FillVisitorIDs returns visitor ids by system, those of others for the systems
// that have none. It returns nil if there are none at all.
func FillVisitorIDs(ids, others map[string]string) map[string]string {
	if len(ids)+len(others) == 0 {
		return nil
	}
	all := make(map[string]string, len(ids)+len(others))
	maps.Copy(all, others)
	maps.Copy(all, ids)
	return all
}
