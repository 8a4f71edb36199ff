package wire

import "strings"

// Set replaces a value by the one that was given, unless it was left out.
func Set[T any](to *T, given *T) {
	if given != nil {
		*to = *given
	}
}

// Merge returns the stored values, replaced by those that were given under the same name.
// A name that was given as null is left out.
func Merge(stored map[string]string, given map[string]*string) map[string]string {
	out := make(map[string]string, len(stored)+len(given))
	for name, value := range stored {
		out[name] = value
	}
	for name, value := range given {
		if value == nil {
			delete(out, name)
			continue
		}
		out[name] = strings.TrimSpace(*value)
	}
	return out
}
