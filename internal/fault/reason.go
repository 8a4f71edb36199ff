package fault

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Reason is why a request fails: a code, and the values that belong to it. It never
// holds a secret. Package explanation writes the sentence in the reader's language.
type Reason struct {
	Code   string
	Count  int64 // the number that the sentence is about, such as a limit
	Values map[string]string
}

// Because returns the reason with this code.
func Because(code string) Reason { return Reason{Code: code} }

// With returns the reason with one more value.
func (r Reason) With(name, value string) Reason {
	r.Values = with(r.Values, name, value)
	return r
}

// Counting returns the reason with this count. Its message has plural forms.
func (r Reason) Counting(n int) Reason {
	r.Count = int64(n)
	return r
}

// String returns the reason for logs: its code with the count and the values.
func (r Reason) String() string { return logged(r.Code, r.Count, r.Values) }

func with(values map[string]string, name, value string) map[string]string {
	more := maps.Clone(values)
	if more == nil {
		more = map[string]string{}
	}
	more[name] = value
	return more
}

func logged(code string, count int64, values map[string]string) string {
	var details []string
	if count != 0 {
		details = append(details, fmt.Sprint(count))
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		details = append(details, name+": "+values[name])
	}
	if len(details) == 0 {
		return code
	}
	return code + " (" + strings.Join(details, "; ") + ")"
}
