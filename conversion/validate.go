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

func (w *wrongs) add(path string, expected fault.Expectation) {
	*w = append(*w, fault.Field{Path: path, Expected: expected})
}

func (w *wrongs) metrics(kind Kind, metrics []Metric, path string) {
	known := MetricsOf(kind)
	if len(metrics) == 0 {
		w.add(path, fault.Expect("some_of").With("Choices", list(known)))
	}
	for i, m := range metrics {
		switch at := fmt.Sprintf("%s[%d]", path, i); {
		case !slices.Contains(known, m):
			w.add(at, metricOf(kind, list(known)))
		case slices.Contains(metrics[:i], m):
			w.add(at, fault.Expect("metric_once"))
		}
	}
}

func metricOf(kind Kind, known string) fault.Expectation {
	if kind == KindLead {
		return fault.Expect("metric_of_leads").With("Choices", known)
	}
	return fault.Expect("metric_of_calls").With("Choices", known)
}

func (w *wrongs) tags(filter TagFilter, path string) {
	w.labels(filter.Any, path+".any")
	w.labels(filter.All, path+".all")
	w.labels(filter.None, path+".none")
	wanted := TagFilter{Any: filter.Any, All: filter.All}
	for i, label := range filter.None {
		if wanted.Names(strings.TrimSpace(label)) {
			w.add(fmt.Sprintf("%s.none[%d]", path, i), fault.Expect("label_not_wanted"))
		}
	}
}

func (w *wrongs) labels(labels []string, path string) {
	if len(labels) > MaxTagLabels {
		w.add(path, fault.Expect("labels_at_most").Counting(MaxTagLabels))
	}
	for i, label := range labels {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case strings.TrimSpace(label) == "":
			w.add(at, fault.Expect("label_not_empty"))
		case strings.TrimSpace(label) != label:
			w.add(at, fault.Expect("label_trimmed"))
		case utf8.RuneCountInString(label) > MaxTagLength:
			w.add(at, fault.Expect("label_at_most").Counting(MaxTagLength))
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
		w.add(path, fault.Expect("conditions_at_most").Counting(MaxConditions))
		return
	}
	if c.expressions() > MaxExpressions {
		w.add(path, fault.Expect("expressions_at_most").Counting(MaxExpressions).With("Operator", string(OpMatches)))
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
		w.add(path, fault.Expect("nested_at_most").Counting(MaxDepth))
	case compares == c.isGroup():
		w.add(path, fault.Expect("condition_form"))
	case compares:
		w.comparison(c, path)
	default:
		w.group(c, path, depth)
	}
}

func (w *wrongs) group(c Condition, path string, depth int) {
	if c.Match != MatchAll && c.Match != MatchAny {
		w.add(path+".match", fault.OneOf([]Match{MatchAll, MatchAny}))
	}
	if len(c.Conditions) == 0 {
		w.add(path+".conditions", fault.Expect("some_condition"))
	}
	for i, part := range c.Conditions {
		w.condition(part, fmt.Sprintf("%s.conditions[%d]", path, i), depth+1)
	}
}

func (w *wrongs) comparison(c Condition, path string) {
	if _, known := trafficField(c.Field); !known {
		w.add(path+".field", fault.OneOf(trafficFieldNames()))
	}
	ops := Operators()
	switch {
	case !slices.Contains(ops, c.Operator):
		w.add(path+".operator", fault.OneOf(ops))
	case !c.Operator.takesValues() && len(c.Values) > 0:
		w.add(path+".values", fault.Expect("no_values").With("Operator", string(c.Operator)))
	case c.Operator.takesValues() && len(c.Values) == 0:
		w.add(path+".values", fault.Expect("some_value"))
	case len(c.Values) > MaxValues:
		w.add(path+".values", fault.Expect("values_at_most").Counting(MaxValues))
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
	w.add(path, fault.OneOf(names))
}

func (w *wrongs) value(op Operator, value, path string) {
	switch {
	case strings.TrimSpace(value) == "":
		w.add(path, fault.Expect("value_not_empty").With("Operator", string(OpIsEmpty)))
	case op == OpMatches:
		w.expression(value, path)
	case utf8.RuneCountInString(value) > MaxValueLength:
		w.add(path, fault.Expect("characters_at_most").Counting(MaxValueLength))
	}
}

func (w *wrongs) expression(value, path string) {
	_, err := compile(value)
	switch {
	case utf8.RuneCountInString(value) > MaxExpressionLength:
		w.add(path, fault.Expect("expression_at_most").Counting(MaxExpressionLength).With("Operator", string(OpMatches)))
	case errors.Is(err, errExpressionSize):
		w.add(path, fault.Expect("expression_simpler"))
	case err != nil:
		w.add(path, fault.Expect("expression").With("Fault", expressionFault(err)))
	}
}

func trafficFieldNames() []string {
	names := make([]string, 0, len(TrafficFields))
	for _, f := range TrafficFields {
		names = append(names, f.Name)
	}
	return names
}
