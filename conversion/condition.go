package conversion

import (
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// comparison is what an operator does: how a value is compared with what was
// seen, and whether the operator holds if no value fits.
type comparison struct {
	op      Operator
	fitting func(value string) func(seen string) bool // prepared once, for all that was seen
	negated bool
}

var comparisons = []comparison{
	{OpEquals, equals, false},
	{OpNotEquals, equals, true},
	{OpContains, folded(strings.Contains), false},
	{OpNotContains, folded(strings.Contains), true},
	{OpStartsWith, folded(strings.HasPrefix), false},
	{OpEndsWith, folded(strings.HasSuffix), false},
	{OpMatches, matches, false},
	{OpIsEmpty, equals, false},
	{OpIsNotEmpty, equals, true},
}

// Operators returns every operator.
func Operators() []Operator {
	ops := make([]Operator, 0, len(comparisons))
	for _, c := range comparisons {
		ops = append(ops, c.op)
	}
	return ops
}

// comparison returns what the operator does.
func (o Operator) comparison() (comparison, bool) {
	i := slices.IndexFunc(comparisons, func(c comparison) bool { return c.op == o })
	if i < 0 {
		return comparison{}, false
	}
	return comparisons[i], true
}

// takesValues reports whether the operator compares with values.
func (o Operator) takesValues() bool { return o != OpIsEmpty && o != OpIsNotEmpty }

// isGroup reports whether the condition combines others.
func (c Condition) isGroup() bool { return c.Match != "" || len(c.Conditions) > 0 }

// Holds reports whether the condition is met by normalised traffic whose channel is
// filled in. A nil condition is met by all traffic.
func (c *Condition) Holds(t Traffic) bool {
	if c == nil {
		return true
	}
	met, _ := c.holds(t)
	return met
}

// holds judges normalised traffic. If the condition does not hold, unmet are the
// comparisons that did not hold. An empty group, and a field or operator that
// does not exist, never hold; validation refuses them.
func (c Condition) holds(t Traffic) (ok bool, unmet []Condition) {
	if !c.isGroup() {
		return c.compares(t)
	}
	met := 0
	for _, part := range c.Conditions {
		ok, parts := part.holds(t)
		if ok {
			met++
		}
		unmet = append(unmet, parts...)
	}
	switch {
	case c.Match == MatchAll && met > 0 && met == len(c.Conditions), c.Match == MatchAny && met > 0:
		return true, nil
	default:
		return false, unmet
	}
}

// compares judges one comparison.
func (c Condition) compares(t Traffic) (ok bool, unmet []Condition) {
	field, known := trafficField(c.Field)
	if known && c.Operator.holds(field.values(t), c.Values) {
		return true, nil
	}
	return false, []Condition{c}
}

// holds compares what was seen with the values. Values are alternatives;
// negated operators hold when no value fits.
func (o Operator) holds(seen, values []string) bool {
	c, known := o.comparison()
	if !o.takesValues() {
		values = []string{""}
	}
	if !known || len(values) == 0 {
		return false
	}
	fits := slices.ContainsFunc(values, func(value string) bool {
		return slices.ContainsFunc(seen, c.fitting(value))
	})
	return fits != c.negated
}

// equals compares whole texts without case. A value that means "nothing", such as
// "(direct)", equals an empty field.
func equals(value string) func(seen string) bool {
	value = fold(knownText(value))
	return func(seen string) bool { return fold(seen) == value }
}

// folded makes a test of texts ignore their case.
func folded(test func(s, part string) bool) func(value string) func(seen string) bool {
	return func(value string) func(seen string) bool {
		value = fold(value)
		return func(seen string) bool { return test(fold(seen), value) }
	}
}

// fold returns a text such that two texts which differ only in case, or in how
// their letters are composed, are equal. Every comparison of labels and traffic
// goes through it.
func fold(s string) string { return cases.Fold().String(norm.NFC.String(s)) }
