package conversion

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"ringback/internal/fault"
)

// The limits of rules. They bound the work of one decision, and are far above what
// an owner sets up by hand.
const (
	MaxTagLabels   = 50  // in each of any, all and none
	MaxTagLength   = 100 // characters of one label
	MaxConditions  = 100 // comparisons and groups of one traffic filter
	MaxDepth       = 5   // of nested conditions; a comparison alone is 1
	MaxValues      = 100 // of one comparison
	MaxValueLength = 500 // characters of one value
)

// The limits of RE2 expressions. All sites share the workers that run them.
const (
	MaxExpressions      = 20   // of one traffic filter
	MaxExpressionLength = 200  // characters of one
	MaxExpressionSize   = 1000 // instructions of the compiled program
	MaxMatchedLength    = 512  // characters of a text that are searched
)

// Validate returns the faults in the rules for this kind. The path is that of the
// rules in the request: "calls" or "leads".
func (r Rules) Validate(kind Kind, path string) []fault.Field {
	var w wrongs
	w.metrics(kind, r.Metrics, path+".metrics")
	w.tags(r.Tags, path+".tags")
	if r.Traffic != nil {
		w.traffic(*r.Traffic, path+".traffic")
	}
	return w
}

// wrongs collects faults.
type wrongs []fault.Field

func (w *wrongs) add(path, format string, args ...any) {
	*w = append(*w, fault.Field{Path: path, Expected: fault.Plain(fmt.Sprintf(format, args...))})
}

func (w *wrongs) metrics(kind Kind, metrics []Metric, path string) {
	known := MetricsOf(kind)
	if len(metrics) == 0 {
		w.add(path, "at least one of: %s", list(known))
	}
	for i, m := range metrics {
		switch at := fmt.Sprintf("%s[%d]", path, i); {
		case !slices.Contains(known, m):
			w.add(at, "a metric of %ss, one of: %s", kind, list(known))
		case slices.Contains(metrics[:i], m):
			w.add(at, "each metric once")
		}
	}
}

func (w *wrongs) tags(filter TagFilter, path string) {
	w.labels(filter.Any, path+".any")
	w.labels(filter.All, path+".all")
	w.labels(filter.None, path+".none")
	wanted := TagFilter{Any: filter.Any, All: filter.All}
	for i, label := range filter.None {
		if wanted.Names(strings.TrimSpace(label)) {
			w.add(fmt.Sprintf("%s.none[%d]", path, i), "a label that is not in any or all too")
		}
	}
}

func (w *wrongs) labels(labels []string, path string) {
	if len(labels) > MaxTagLabels {
		w.add(path, "at most %d labels", MaxTagLabels)
	}
	for i, label := range labels {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case strings.TrimSpace(label) == "":
			w.add(at, "a label that is not empty")
		case strings.TrimSpace(label) != label:
			w.add(at, "a label without spaces at its start or end")
		case utf8.RuneCountInString(label) > MaxTagLength:
			w.add(at, "a label of at most %d characters", MaxTagLength)
		}
	}
}

// list returns names for an error text, such as "all, unique".
func list[T ~string](names []T) string {
	words := make([]string, 0, len(names))
	for _, n := range names {
		words = append(words, string(n))
	}
	return strings.Join(words, ", ")
}

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
