package conversion

import (
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
	*w = append(*w, fault.Field{Path: path, Expected: fmt.Sprintf(format, args...)})
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
