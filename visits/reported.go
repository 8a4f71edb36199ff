package visits

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"ringback/conversion"
)

// Reported returns traffic as a provider or an owner's system has reported it, with what
// the address of the landing page adds: click ids that were not reported, and if no
// source was, the utm_ parameters. Names of click ids are spelled as platforms do.
func Reported(t conversion.Traffic) conversion.Traffic {
	found := withSource(conversion.Traffic{}, t.LandingPage)
	t.ClickIDs = reportedIDs(t.ClickIDs, found.ClickIDs)
	if !t.NamesSource() && found.NamesSource() {
		t.Source, t.Medium = found.Source, found.Medium
	}
	if found.Source != "" && strings.EqualFold(t.Source, found.Source) {
		t.Campaign, t.Content, t.Term = cmp.Or(t.Campaign, found.Campaign), cmp.Or(t.Content, found.Content), cmp.Or(t.Term, found.Term)
	}
	return t
}

// reportedIDs returns the click ids that were reported, and those of an address for those
// that were not.
func reportedIDs(reported, found map[string]string) map[string]string {
	if len(reported)+len(found) == 0 {
		return reported
	}
	ids := maps.Clone(found)
	if ids == nil {
		ids = map[string]string{}
	}
	for _, name := range slices.Sorted(maps.Keys(reported)) {
		id := reported[name]
		for _, known := range conversion.ClickIDs {
			if strings.EqualFold(known.Name, name) {
				name = known.Name
			}
		}
		if isUsableClickID(name, id) || ids[name] == "" {
			ids[name] = id
		}
	}
	return ids
}
