package conversion

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// alphabetical returns the labels in one order, as the order in which a report
// lists them means nothing.
func alphabetical(labels []string) []string { return slices.Sorted(slices.Values(labels)) }

// addTags puts labels on, trimmed. A label that is on already, in whatever case,
// keeps its first time and origin. A report that does not say who put a tag on
// came by API.
func addTags(tags []Tag, labels []string, origin TagOrigin, at time.Time) []Tag {
	if origin == "" {
		origin = TagByAPI
	}
	for _, label := range labels {
		label = strings.TrimSpace(label)
		if label != "" && !hasLabel(tags, label) {
			tags = append(tags, Tag{Label: label, Origin: origin, At: at})
		}
	}
	return tags
}

// hasLabel reports whether one of the tags has this label, in whatever case.
func hasLabel(tags []Tag, label string) bool {
	wanted := fold(strings.TrimSpace(label))
	return slices.ContainsFunc(tags, func(t Tag) bool { return fold(t.Label) == wanted })
}

// Empty reports whether the filter asks for nothing.
func (t TagFilter) Empty() bool { return len(t.Any)+len(t.All)+len(t.None) == 0 }

// holds reports whether these tags pass all three parts of the filter.
func (t TagFilter) holds(tags []Tag) bool {
	has := func(label string) bool { return hasLabel(tags, label) }
	if len(t.Any) > 0 && !slices.ContainsFunc(t.Any, has) {
		return false
	}
	for _, label := range t.All {
		if !has(label) {
			return false
		}
	}
	return !slices.ContainsFunc(t.None, has)
}

// words writes the filter for its owner.
func (t TagFilter) words() string {
	var parts []string
	for _, part := range []struct {
		name   string
		labels []string
	}{{"any of", t.Any}, {"all of", t.All}, {"none of", t.None}} {
		if len(part.labels) > 0 {
			parts = append(parts, part.name+": "+strings.Join(part.labels, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// Names reports whether the filter mentions this label, in whatever case.
func (t TagFilter) Names(label string) bool {
	wanted := fold(label)
	for _, l := range slices.Concat(t.Any, t.All, t.None) {
		if fold(strings.TrimSpace(l)) == wanted {
			return true
		}
	}
	return false
}

// judgeTags checks the tag filter against the tags that count: those on the
// call at its end, on the lead at its arrival (requirement R6).
func judgeTags(filter TagFilter, f Facts) finding {
	c := Check{Name: CheckTags, Wanted: filter.words()}
	if filter.Empty() {
		c.Wanted, c.Seen, c.Passed = "any tags or none", tagsSeen(f), true
		return finding{Check: c}
	}
	if !f.Ended {
		c.Seen, c.Reason = f.noEnd(), f.reasonWithoutEnd(ReasonTags)
		return c.failed("tag filter wants " + c.Wanted + "; " + c.Seen)
	}
	c.Seen, c.Note, c.Passed = tagsSeen(f), lateNote(filter, f), filter.holds(f.Tags)
	if c.Passed {
		return finding{Check: c, why: "the tag filter is met (" + c.Seen + ")"}
	}
	c.Reason = ReasonTags
	return c.failed("tag filter wants " + c.Wanted + "; " + c.Seen)
}

// tagsSeen writes the tags that count.
func tagsSeen(f Facts) string {
	moment := "at its end"
	switch {
	case f.Kind == KindLead:
		moment = "at its arrival"
	case !f.Ended:
		moment = "so far"
	}
	if len(f.Tags) == 0 {
		return fmt.Sprintf("the %s had no tags %s", f.Kind, moment)
	}
	labels := make([]string, 0, len(f.Tags))
	for _, t := range f.Tags {
		labels = append(labels, t.Label)
	}
	return fmt.Sprintf("the %s had %s: %s", f.Kind, moment, strings.Join(slices.Compact(alphabetical(labels)), ", "))
}

// lateNote says which tags of the filter came too late to count.
func lateNote(filter TagFilter, f Facts) string {
	late := slices.SortedFunc(slices.Values(f.LateTags), func(a, b Tag) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Label, b.Label))
	})
	var notes []string
	for _, t := range late {
		if filter.Names(t.Label) {
			notes = append(notes, t.LateWords(f.EndedAt))
		}
	}
	return strings.Join(notes, "; ")
}

// LateWords says why a late tag does not count: it was put on after the end, or
// reported after the decision.
func (t Tag) LateWords(ended time.Time) string {
	if ended.IsZero() || !t.At.After(ended) {
		return fmt.Sprintf("'%s' was reported after the decision and does not count", t.Label)
	}
	return fmt.Sprintf("'%s' came %s later and does not count", t.Label, spanWords(t.At.Sub(ended)))
}
