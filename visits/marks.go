package visits

import "slices"

// mark is a parameter by which a platform marks visits without identifying the click.
type mark struct{ name, source, medium string }

// marks are those that visits are searched for (docs/facts/visits.md). If an address has
// several, the first of them decides.
var marks = []mark{
	{"gad_source", "google", "cpc"},
	{"gad_campaignid", "google", "cpc"},
	{"gad", "google", "cpc"},
	{"srsltid", "google", "organic"}, // free listings
	{"mc_cid", "mailchimp", "email"},
	{"mc_eid", "mailchimp", "email"},
	{"_hsenc", "hubspot", "email"},
	{"_hsmi", "hubspot", "email"},
}

// isMark reports whether a parameter is a mark, by its name in lower case.
func isMark(name string) bool {
	return slices.ContainsFunc(marks, func(m mark) bool { return m.name == name })
}

// markedBy returns the source and medium of a visit that only marks tell.
func markedBy(told map[string]string) (source, medium string) {
	for _, m := range marks {
		if told[m.name] != "" {
			return m.source, m.medium
		}
	}
	return "", ""
}
