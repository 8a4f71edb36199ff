package conversion

import (
	"cmp"
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

// judgeTags checks the tag filter against the tags that count: those on the call
// at its end, or on the lead at its arrival (R6).
func judgeTags(filter TagFilter, f Facts) Check {
	c := Check{Code: CheckTags, Reason: ReasonTags, Seen: tagsSeen(f)}
	if filter.Empty() {
		c.Passed = true
		return c.withoutReasonIfPassed()
	}
	c.Wanted.Tags = &filter
	if !f.Ended {
		c.Seen, c.Reason = Seen{Code: f.seenWithoutEnd()}, f.reasonWithoutEnd(ReasonTags)
		return c
	}
	c.Notes, c.Passed = lateNotes(filter, f), filter.holds(f.Tags)
	return c.withoutReasonIfPassed()
}

// tagsSeen returns the tags that count.
func tagsSeen(f Facts) Seen {
	seen := Seen{Code: SeenTagsAtEnd}
	switch {
	case f.Kind == KindLead:
		seen.Code = SeenTagsAtArrival
	case !f.Ended:
		seen.Code = SeenTagsSoFar
	}
	for _, t := range f.Tags {
		seen.Tags = append(seen.Tags, t.Label)
	}
	seen.Tags = slices.Compact(alphabetical(seen.Tags))
	return seen
}

// lateNotes returns the tags of the filter that came too late to count.
func lateNotes(filter TagFilter, f Facts) []Note {
	late := slices.SortedFunc(slices.Values(f.LateTags), func(a, b Tag) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Label, b.Label))
	})
	var notes []Note
	for _, t := range late {
		if filter.Names(t.Label) {
			notes = append(notes, t.LateNote(f.EndedAt))
		}
	}
	return notes
}

// LateNote returns why a late tag does not count: it was put on after the end of
// the call, or reported after the decision.
func (t Tag) LateNote(ended time.Time) Note {
	if ended.IsZero() || !t.At.After(ended) {
		return Note{Code: NoteLateReport, Label: t.Label}
	}
	return Note{Code: NoteLateTag, Label: t.Label, Seconds: int64(t.At.Sub(ended) / time.Second)}
}
