package conversion

import (
	"regexp"
	"slices"
	"strings"
)

// comparison is what an operator does: how owners read it, whether what was
// seen fits one value, and whether it holds when nothing fits.
type comparison struct {
	op      Operator
	words   string
	fits    func(seen, value string) bool
	negated bool
}

var comparisons = []comparison{
	{OpEquals, "equals any of", equals, false},
	{OpNotEquals, "equals none of", equals, true},
	{OpContains, "contains any of", folded(strings.Contains), false},
	{OpNotContains, "contains none of", folded(strings.Contains), true},
	{OpStartsWith, "starts with any of", folded(strings.HasPrefix), false},
	{OpEndsWith, "ends with any of", folded(strings.HasSuffix), false},
	{OpMatches, "matches any of", matches, false},
	{OpIsEmpty, "is empty", equals, false},
	{OpIsNotEmpty, "is not empty", equals, true},
}

// Operators gives every operator (design section 5).
func Operators() []Operator {
	ops := make([]Operator, 0, len(comparisons))
	for _, c := range comparisons {
		ops = append(ops, c.op)
	}
	return ops
}

// comparison finds what the operator does.
func (o Operator) comparison() (comparison, bool) {
	i := slices.IndexFunc(comparisons, func(c comparison) bool { return c.op == o })
	if i < 0 {
		return comparison{}, false
	}
	return comparisons[i], true
}

// takesValues says whether the operator compares with values.
func (o Operator) takesValues() bool { return o != OpIsEmpty && o != OpIsNotEmpty }

// isGroup says whether the condition combines others.
func (c Condition) isGroup() bool { return c.Match != "" || len(c.Conditions) > 0 }

// holds judges normalised traffic. When the condition does not hold, unmet are
// the comparisons to blame, each with what was seen. A group of nothing, and a
// field or operator that does not exist, never hold; validation refuses them.
func (c Condition) holds(t Traffic) (ok bool, unmet []string) {
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
func (c Condition) compares(t Traffic) (ok bool, unmet []string) {
	field, known := trafficField(c.Field)
	if known && c.Operator.holds(field.values(t), c.Values) {
		return true, nil
	}
	return false, []string{c.words() + "; seen: " + fieldSeen(t, c.Field)}
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
	fits := slices.ContainsFunc(seen, func(s string) bool {
		return slices.ContainsFunc(values, func(value string) bool { return c.fits(s, value) })
	})
	return fits != c.negated
}

// equals compares whole texts without case. A value that stands for nothing,
// such as "(direct)", equals an empty field.
func equals(seen, value string) bool { return fold(seen) == fold(knownText(value)) }

// folded makes a test of texts one that does not mind their case.
func folded(test func(s, part string) bool) func(seen, value string) bool {
	return func(seen, value string) bool { return test(fold(seen), fold(value)) }
}

// matches searches for an RE2 expression, without case. Expressions that do not
// compile fit nothing; validation refuses them when the rules are saved.
func matches(seen, expression string) bool {
	re, err := compile(expression)
	return err == nil && re.MatchString(seen)
}

// compile reads an RE2 expression that matches without case.
func compile(expression string) (*regexp.Regexp, error) { return regexp.Compile("(?i)" + expression) }
