package channels

import (
	"slices"
	"strings"
)

// Column is a column of the sheet that can hold a condition.
type Column string

// The columns with conditions, in the order of the sheet.
const (
	Campaign         Column = "campaign"
	Medium           Column = "medium"
	Source           Column = "source"
	LandingPage      Column = "landing_page"
	ReferringWebsite Column = "referring_website"
)

// Columns returns the columns with conditions, in the order of the sheet.
func Columns() []Column { return []Column{Campaign, Medium, Source, LandingPage, ReferringWebsite} }

// Rule is a row of the sheet. A cell with a condition holds one value or several,
// separated by semicolons; one of them has to fit. A star stands for any
// characters. An empty cell does not matter. All cells that are not empty have to
// fit. A rule whose conditions are all empty fits nothing: it only names a channel.
type Rule struct {
	Channel          string `json:"channel"`
	Subchannel       string `json:"subchannel,omitempty"`
	Campaign         string `json:"campaign,omitempty"`
	Medium           string `json:"medium,omitempty"`
	Source           string `json:"source,omitempty"`
	LandingPage      string `json:"landing_page,omitempty"`
	ReferringWebsite string `json:"referring_website,omitempty"` // hosts, or names in brackets such as [Google Organic Search]
	// Keep is true for rows that Marketo Measure marks with "Do Not Remove".
	Keep bool `json:"keep,omitempty"`
}

// cell returns the cell of a column.
func (r *Rule) cell(c Column) *string {
	switch c {
	case Campaign:
		return &r.Campaign
	case Medium:
		return &r.Medium
	case Source:
		return &r.Source
	case LandingPage:
		return &r.LandingPage
	default:
		return &r.ReferringWebsite
	}
}

// values returns the values of a cell in lower case, without the empty ones.
func values(cell string) []string {
	var all []string
	for value := range strings.SplitSeq(cell, ";") {
		if value = strings.ToLower(strings.TrimSpace(value)); value != "" {
			all = append(all, value)
		}
	}
	return all
}

// Fits reports whether a text fits a pattern in which a star stands for any
// characters. Both are in lower case. The star alone stands for any text that is
// not empty.
func Fits(pattern, text string) bool {
	if text == "" {
		return false
	}
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	rest, begins := strings.CutPrefix(text, parts[0])
	rest, ends := strings.CutSuffix(rest, parts[len(parts)-1])
	if !begins || !ends {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return true
}

// fitting returns the first of the patterns that one of the texts fits.
func fitting(patterns, texts []string) (string, bool) {
	i := slices.IndexFunc(patterns, func(pattern string) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return Fits(pattern, text) })
	})
	if i < 0 {
		return "", false
	}
	return patterns[i], true
}
