package channels

import (
	"slices"

	"ringback/conversion"
)

// The channels of what no rule fits: a visit of which it is not known where it
// came from, and everything else.
const (
	Direct = "Direct"
	Other  = "Other"
)

// Sheet is an ordered list of rules. The zero Sheet has none.
type Sheet struct{ rows []row }

// row is a rule with the values of its cells.
type row struct {
	rule  Rule
	cells []cell // those that are not empty
}

type cell struct {
	column Column
	values []string
}

// NewSheet returns the sheet of these rules. The error is a fault that names each
// cell that cannot be used, as in "rules[3].referring_website".
func NewSheet(rules []Rule) (Sheet, error) {
	rules = slices.Clone(rules)
	for i := range rules {
		rules[i] = rules[i].trimmed()
	}
	if err := validate(rules, apiPath); err != nil {
		return Sheet{}, err
	}
	return sheetOf(rules), nil
}

// sheetOf returns the sheet of rules that are valid.
func sheetOf(rules []Rule) Sheet {
	s := Sheet{rows: make([]row, 0, len(rules))}
	for _, rule := range rules {
		r := row{rule: rule}
		for _, column := range Columns() {
			if all := values(*rule.cell(column)); len(all) > 0 {
				r.cells = append(r.cells, cell{column, all})
			}
		}
		s.rows = append(s.rows, r)
	}
	return s
}

// Rules returns the rules, in order.
func (s Sheet) Rules() []Rule {
	rules := make([]Rule, 0, len(s.rows))
	for _, r := range s.rows {
		rules = append(rules, r.rule)
	}
	return rules
}

// Match is the channel of a visit or call, and the rule that decided it.
type Match struct {
	Channel    string `json:"channel"`
	Subchannel string `json:"subchannel,omitempty"`
	Row        int    `json:"row,omitempty"`   // of the rule, beginning with 1; zero if none fits
	Cells      []Hit  `json:"cells,omitempty"` // the conditions that were met
}

// Hit is a condition that was met.
type Hit struct {
	Column Column `json:"column"`
	Value  string `json:"value"` // the value of the cell that fits, in lower case unless it is in brackets
}

// Path returns the channel and the subchannel, as "Paid Search.AdWords".
func (m Match) Path() string {
	if m.Subchannel == "" {
		return m.Channel
	}
	return m.Channel + "." + m.Subchannel
}

// Match returns the channel of a visit: that of the first rule that fits. If none
// fits, the channel is Direct for a visit of which nothing tells where it came
// from, and Other for the rest. The channel in the traffic is ignored.
func (s Sheet) Match(t conversion.Traffic) Match {
	v := visitOf(t)
	for i, r := range s.rows {
		if hits, fits := r.hits(v); fits {
			return Match{Channel: r.rule.Channel, Subchannel: r.rule.Subchannel, Row: i + 1, Cells: hits}
		}
	}
	if v.direct {
		return Match{Channel: Direct}
	}
	return Match{Channel: Other}
}

// hits returns the conditions of a row if all of them are met.
func (r row) hits(v visit) ([]Hit, bool) {
	hits := make([]Hit, 0, len(r.cells))
	for _, c := range r.cells {
		value, fits := v.fits(c)
		if !fits {
			return nil, false
		}
		hits = append(hits, Hit{c.column, value})
	}
	return hits, len(hits) > 0
}
