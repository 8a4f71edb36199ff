package channels

import (
	"fmt"
	"strings"

	"ringback/internal/fault"
	"ringback/internal/texts"
)

// What a sheet may hold. Marketo Measure allows 40 channels beside its own 12, and
// 200 subchannels (docs/facts/marketo-measure.md#channel-rules); the others are ours.
const (
	MaxRules       = 5000
	MaxChannels    = 52
	MaxSubchannels = 200
	maxName        = 100  // characters of a name
	maxCell        = 4000 // characters of a condition
	maxProblems    = 20   // that one error names
)

// place writes where a cell is: the row, beginning with zero, and the column.
type place func(row int, column Column) string

// The columns of names.
const (
	channelColumn    Column = "channel"
	subchannelColumn Column = "subchannel"
)

func apiPath(row int, column Column) string { return fmt.Sprintf("rules[%d].%s", row, column) }

// trimmed returns the rule with clean texts of one line each.
func (r Rule) trimmed() Rule {
	r.Channel, r.Subchannel = oneLine(r.Channel), oneLine(r.Subchannel)
	for _, column := range Columns() {
		*r.cell(column) = oneLine(*r.cell(column))
	}
	return r
}

var lineBreaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ")

func oneLine(s string) string { return texts.Clean(lineBreaks.Replace(s)) }

// validate returns what is wrong with the rules, nil if nothing is. Of many
// problems it names the first ones.
func validate(rules []Rule, at place) error {
	if len(rules) > MaxRules {
		return fault.InvalidFields(fault.Field{Path: "rules", Expected: fault.Expect("rows_at_most").Counting(MaxRules)})
	}
	var fields []fault.Field
	for i, r := range rules {
		fields = append(fields, r.problems(i, at)...)
	}
	fields = append(fields, nameProblems(rules, at)...)
	if len(fields) == 0 {
		return nil
	}
	return fault.InvalidFields(fields[:min(len(fields), maxProblems)]...)
}

// problems returns what is wrong with the cells of one rule.
func (r Rule) problems(row int, at place) []fault.Field {
	var fields []fault.Field
	add := func(column Column, expected fault.Expectation) {
		if !expected.IsZero() {
			fields = append(fields, fault.Field{Path: at(row, column), Expected: expected})
		}
	}
	if r.Channel == "" {
		add(channelColumn, fault.Expect("channel_name"))
	}
	add(channelColumn, nameProblem(r.Channel))
	add(subchannelColumn, nameProblem(r.Subchannel))
	for _, column := range Columns() {
		add(column, cellProblem(column, *r.cell(column)))
	}
	return fields
}

// nameProblem returns what a name should be instead, zero if it is right.
func nameProblem(name string) fault.Expectation {
	switch {
	case strings.ContainsAny(name, "$%#&*@;[]"):
		return fault.Expect("name_characters")
	case texts.First(name, maxName) != name:
		return fault.Expect("characters_at_most").Counting(maxName)
	default:
		return fault.Expectation{}
	}
}

// cellProblem returns what a condition should be instead, zero if it is right.
func cellProblem(column Column, text string) fault.Expectation {
	word := column == Medium || column == Source || column == ReferringWebsite
	switch {
	case texts.First(text, maxCell) != text:
		return fault.Expect("characters_at_most").Counting(maxCell)
	case word && strings.Contains(text, ","):
		return fault.Expect("semicolons")
	}
	for _, value := range values(text) {
		if expected := valueProblem(column, value); !expected.IsZero() {
			return expected
		}
	}
	return fault.Expectation{}
}

func valueProblem(column Column, value string) fault.Expectation {
	if !isBuiltIn(value) {
		return fault.Expectation{}
	}
	if _, known := builtIns[value]; known && column == ReferringWebsite {
		return fault.Expectation{}
	} else if known {
		return fault.Expect("brackets_column")
	}
	if column != ReferringWebsite {
		return fault.Expectation{} // a campaign may begin with a bracket
	}
	return fault.Expect("built_in_site").With("Choices", strings.Join(BuiltIns(), ", "))
}

// nameProblems returns what is wrong with the names of all rules together: too
// many, or a channel that has subchannels in some rows only.
func nameProblems(rules []Rule, at place) []fault.Field {
	first, paths := map[string]Rule{}, map[string]bool{}
	var fields []fault.Field
	for i, r := range rules {
		known, seen := first[r.Channel]
		if !seen {
			first[r.Channel] = r
		} else if (known.Subchannel == "") != (r.Subchannel == "") {
			fields = append(fields, fault.Field{Path: at(i, subchannelColumn), Expected: fault.Expect("subchannel_everywhere")})
		}
		if r.Subchannel != "" {
			paths[r.Channel+"."+r.Subchannel] = true
		}
	}
	if len(first) > MaxChannels {
		fields = append(fields, fault.Field{Path: "rules", Expected: fault.Expect("channels_at_most").Counting(MaxChannels)})
	}
	if len(paths) > MaxSubchannels {
		fields = append(fields, fault.Field{Path: "rules", Expected: fault.Expect("subchannels_at_most").Counting(MaxSubchannels)})
	}
	return fields
}
