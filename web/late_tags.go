package web

import (
	"slices"
	"strings"

	"ringback/conversion"
	"ringback/models"
)

// lateNotes says which labels of a decision's tag filter were put on too late
// for it (requirement R6). It is made anew whenever a decision is read: a tag
// may come long after, and the decision itself does not change. Labels that the
// decision itself speaks of are left out.
func lateNotes(d models.Decision, all models.Detail) []string {
	ended := foldedCall(all.Events).FirstEndedAt
	filter := filterOf(d, all)
	var notes []string
	for _, tag := range all.Tags {
		if !tag.Late || !filter.Names(tag.Label) {
			continue
		}
		words := conversion.Tag{Label: tag.Label, Origin: tag.Origin, At: tag.At}.LateWords(ended)
		if !noted(d, words) {
			notes = append(notes, words)
		}
	}
	return notes
}

// filterOf returns the tag filter that a decision was made by.
func filterOf(d models.Decision, all models.Detail) conversion.TagFilter {
	i := slices.IndexFunc(all.Versions, func(v models.IntegrationVersion) bool {
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

// noted reports whether the decision's own check of the tags says so already.
func noted(d models.Decision, words string) bool {
	return slices.ContainsFunc(d.Detail.Checks, func(c conversion.Check) bool {
		return c.Name == conversion.CheckTags && strings.Contains(c.Note, words)
	})
}
