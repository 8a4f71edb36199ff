package sources

import (
	"strings"

	"ringback/conversion"
	"ringback/visitorid"
)

// Place is where a message holds the visitor id of a system.
type Place struct {
	System string // rtbhouse, bizible, ...
	Path   string // the name of the field, or of the cookie, as the source defines it
}

// Places reads a list of places from an option, which has the form
// "system=path, system=path". A malformed one has empty parts, which WrongPlaces
// reports.
func Places(option string) []Place {
	var all []Place
	for pair := range strings.SplitSeq(option, ",") {
		system, path, _ := strings.Cut(pair, "=")
		all = append(all, Place{System: strings.TrimSpace(system), Path: strings.TrimSpace(path)})
	}
	return all
}

// WrongPlaces reports whether one of the places is malformed.
func WrongPlaces(all []Place) bool {
	for _, p := range all {
		if p.System == "" || p.Path == "" {
			return true
		}
	}
	return false
}

// DefaultPlaces returns the option that reads the ids of the systems which are read by
// default, from the fields that paths returns for each of their cookies.
func DefaultPlaces(paths func(system visitorid.System, cookie string) []string) string {
	var pairs []string
	for _, system := range visitorid.Defaults() {
		for _, cookie := range system.Cookies {
			for _, path := range paths(system, cookie) {
				pairs = append(pairs, system.Name+"="+path)
			}
		}
	}
	return strings.Join(pairs, ", ")
}

// VisitorIDs returns the first usable id of each system, or nil if there are none.
// Value returns what a message has at a path. Own are the ids that the provider itself
// has for a visitor.
func VisitorIDs(places []Place, value func(path string) string, own map[string]string) map[string]string {
	known := map[string]string{}
	for system, id := range own {
		if id != "" {
			known[system] = id
		}
	}
	for _, p := range places {
		if id := value(p.Path); known[p.System] == "" && conversion.UsableVisitorID(id) {
			known[p.System] = id
		}
	}
	if len(known) == 0 {
		return nil
	}
	return known
}
