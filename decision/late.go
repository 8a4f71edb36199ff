package decision

import (
	"slices"
	"strings"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/integrations"
)

// LateTags returns the labels of a decision's tag filter that were put on too late for
// it (R6). They are found whenever a decision is read: a tag may come long after, and
// the decision itself does not change. Labels that the decision itself notes are left
// out.
func LateTags(d models.Decision, all models.Detail) []conversion.Note {
	ended := FoldedCall(all.Events).FirstEndedAt
	filter := tagFilterOf(d, all)
	var notes []conversion.Note
	for _, tag := range all.Tags {
		if !tag.Late || !filter.Names(tag.Label) {
			continue
		}
		note := conversion.Tag{Label: tag.Label, Origin: tag.Origin, At: tag.At}.LateNote(ended)
		if !hasNote(d, note) {
			notes = append(notes, note)
		}
	}
	return notes
}

// tagFilterOf returns the tag filter that a decision was made by.
func tagFilterOf(d models.Decision, all models.Detail) conversion.TagFilter {
	i := slices.IndexFunc(all.Versions, func(v integrations.Version) bool {
		return v.IntegrationID == d.IntegrationID && v.Version == d.IntegrationVersion
	})
	if i < 0 {
		return conversion.TagFilter{}
	}
	if rules := all.Versions[i].Settings.RulesFor(all.Conversion.Kind); rules != nil {
		return rules.Tags
	}
	return conversion.TagFilter{}
}

// hasNote reports whether the decision's own check of the tags has this note. A
// decision of an earlier version has its notes as an English sentence, in which
// labels are quoted.
func hasNote(d models.Decision, note conversion.Note) bool {
	return slices.ContainsFunc(d.Detail.Checks, func(c conversion.Check) bool {
		return c.Code == conversion.CheckTags && slices.ContainsFunc(c.Notes, func(n conversion.Note) bool {
			return n == note || n.Code == conversion.NoteText && namesLate(n.Text, note.Label)
		})
	})
}

// namesLate reports whether a note of an earlier version is about this label. It holds
// one sentence or several, joined by "; ". Each begins with the quoted label, which may
// hold quotes itself.
func namesLate(text, label string) bool {
	start := "; '" + label + "' "
	return strings.Contains("; "+text, start+"came ") || strings.Contains("; "+text, start+"was reported ")
}
