package conversion

import "strings"

// explain writes the decision in one sentence: of a skip the first check that
// failed, of a send what the conversion was and which filters it passed.
func explain(findings []finding, f Facts) string {
	var met []string
	for _, found := range findings {
		if !found.Passed {
			return "Skipped: " + found.why + "."
		}
		if found.why != "" {
			met = append(met, found.why)
		}
	}
	return "Sent " + momentWords(f) + ": " + strings.Join(met, ", ") + "."
}

// momentWords says when the decision was made.
func momentWords(f Facts) string {
	switch {
	case f.Kind == KindLead:
		return "at the lead's arrival"
	case f.Ended:
		return "at the end of the call"
	case f.Incomplete && f.Cancelled:
		return "when an operator cancelled the call"
	case f.Incomplete:
		return "when the call was closed without an end"
	default:
		return "at the start of the call"
	}
}
