package channels

import (
	"slices"
	"strings"

	"ringback/conversion"
)

// builtIn is a name in brackets that stands for traffic of one kind. Marketo
// Measure names them and does not publish how they decide; these decide by what
// Ringback stores of a visit (docs/facts/marketo-measure.md#channel-rules).
type builtIn struct {
	name  string // as in the sheet
	kinds []string
	sites []string // empty if any
	click bool     // only with the click id of DoubleClick
}

const (
	paidSearch, display, paidSocial = conversion.ChannelPaidSearch, conversion.ChannelDisplay, conversion.ChannelPaidSocial
	organic, social                 = conversion.ChannelOrganicSearch, conversion.ChannelOrganicSocial
)

var facebookSites = []string{"facebook", "instagram", "messenger"}

// builtInList is in the order of the original sheet.
var builtInList = []builtIn{
	{"[AdWords Paid Search]", []string{paidSearch}, []string{"google"}, false},
	{"[Bing Paid Search]", []string{paidSearch}, []string{"bing"}, false},
	{"[Yahoo Paid Search]", []string{paidSearch}, []string{"yahoo"}, false},
	{"[DoubleClick]", nil, nil, true},
	{"[AdWords Display]", []string{display}, []string{"google"}, false},
	{"[Facebook Paid]", []string{paidSocial}, facebookSites, false},
	{"[LinkedIn Paid]", []string{paidSocial}, []string{"linkedin"}, false},
	{"[Other Paid Search]", []string{paidSearch}, nil, false},
	{"[Other Paid Social]", []string{paidSocial}, nil, false},
	{"[Google Organic Search]", []string{organic}, []string{"google"}, false},
	{"[Bing Organic Search]", []string{organic}, []string{"bing"}, false},
	{"[Yahoo Organic Search]", []string{organic}, []string{"yahoo"}, false},
	{"[Other Organic Search]", []string{organic}, nil, false},
	{"[Facebook]", []string{social}, facebookSites, false},
	{"[LinkedIn]", []string{social}, []string{"linkedin"}, false},
	{"[Twitter]", []string{social}, []string{"twitter"}, false},
}

// builtIns are the built-in names by their text in lower case.
var builtIns = func() map[string]builtIn {
	all := make(map[string]builtIn, len(builtInList))
	for _, b := range builtInList {
		all[strings.ToLower(b.name)] = b
	}
	return all
}()

// BuiltIns returns the names in brackets that the column Referring Website may hold.
func BuiltIns() []string {
	names := make([]string, 0, len(builtInList))
	for _, b := range builtInList {
		names = append(names, b.name)
	}
	return names
}

func isBuiltIn(value string) bool { return strings.HasPrefix(value, "[") }

func (b builtIn) fits(v visit) bool {
	if b.click {
		return v.display
	}
	return slices.Contains(b.kinds, v.kind) && (len(b.sites) == 0 || slices.Contains(b.sites, v.site))
}
