package conversion

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"ringback/internal/fault"
)

// Validate returns the faults in the condition. The path is that of the condition
// in the request, such as "shown_to".
func (c *Condition) Validate(path string) []fault.Field {
	if c == nil {
		return nil
	}
	var w wrongs
	w.traffic(*c, path)
	return w
}

// traffic checks the size of a traffic filter and then every condition.
func (w *wrongs) traffic(c Condition, path string) {
	if c.count() > MaxConditions {
		w.add(path, "at most %d conditions in all", MaxConditions)
		return
	}
	if c.expressions() > MaxExpressions {
		w.add(path, "at most %d expressions with %s in all", MaxExpressions, OpMatches)
		return
	}
	w.condition(c, path, 1)
}

// count returns the number of comparisons and groups. It stops counting once the
// filter is too large.
func (c Condition) count() int {
	n := 1
	for _, part := range c.Conditions {
		if n > MaxConditions {
			break
		}
		n += part.count()
	}
	return n
}

func (w *wrongs) condition(c Condition, path string, depth int) {
	compares := c.Field != "" || c.Operator != "" || len(c.Values) > 0
	switch {
	case depth > MaxDepth:
		w.add(path, "conditions nested at most %d deep", MaxDepth)
	case compares == c.isGroup():
		w.add(path, "either field, operator and values, or match and conditions")
	case compares:
		w.comparison(c, path)
	default:
		w.group(c, path, depth)
	}
}

func (w *wrongs) group(c Condition, path string, depth int) {
	if c.Match != MatchAll && c.Match != MatchAny {
		w.add(path+".match", "one of: %s, %s", MatchAll, MatchAny)
	}
	if len(c.Conditions) == 0 {
		w.add(path+".conditions", "at least one condition")
	}
	for i, part := range c.Conditions {
		w.condition(part, fmt.Sprintf("%s.conditions[%d]", path, i), depth+1)
	}
}

func (w *wrongs) comparison(c Condition, path string) {
	if _, known := trafficField(c.Field); !known {
		w.add(path+".field", "one of: %s", strings.Join(trafficFieldNames(), ", "))
	}
	ops := Operators()
	switch {
	case !slices.Contains(ops, c.Operator):
		w.add(path+".operator", "one of: %s", list(ops))
	case !c.Operator.takesValues() && len(c.Values) > 0:
		w.add(path+".values", "no values with %s", c.Operator)
	case c.Operator.takesValues() && len(c.Values) == 0:
		w.add(path+".values", "at least one value")
	case len(c.Values) > MaxValues:
		w.add(path+".values", "at most %d values", MaxValues)
	}
	for i, value := range c.Values {
		at := fmt.Sprintf("%s.values[%d]", path, i)
		w.value(c.Operator, value, at)
		w.channel(c, value, at)
	}
}

// channel refuses a comparison with an unknown channel, which would silently hold
// for nobody or for everybody.
func (w *wrongs) channel(c Condition, value, path string) {
	if c.Field != "channel" || c.Operator != OpEquals && c.Operator != OpNotEquals || strings.TrimSpace(value) == "" {
		return
	}
	names := make([]string, 0, len(Channels))
	for _, known := range Channels {
		if fold(known.Name) == fold(value) {
			return
		}
		names = append(names, known.Name)
	}
	w.add(path, "one of: %s", strings.Join(names, ", "))
}

func (w *wrongs) value(op Operator, value, path string) {
	switch {
	case strings.TrimSpace(value) == "":
		w.add(path, "a value that is not empty; for empty fields use %s", OpIsEmpty)
	case op == OpMatches:
		w.expression(value, path)
	case utf8.RuneCountInString(value) > MaxValueLength:
		w.add(path, "at most %d characters", MaxValueLength)
	}
}

func (w *wrongs) expression(value, path string) {
	_, err := compile(value)
	switch {
	case utf8.RuneCountInString(value) > MaxExpressionLength:
		w.add(path, "at most %d characters with %s", MaxExpressionLength, OpMatches)
	case errors.Is(err, errExpressionSize):
		w.add(path, "a simpler RE2 expression; this one repeats too much or too large a part")
	case err != nil:
		w.add(path, "an RE2 expression; this one has: %s", expressionFault(err))
	}
}

func trafficFieldNames() []string {
	names := make([]string, 0, len(TrafficFields))
	for _, f := range TrafficFields {
		names = append(names, f.Name)
	}
	return names
}
