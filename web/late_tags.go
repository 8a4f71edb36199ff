package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

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
		if tag.Late && named(filter, tag.Label) && !noted(d, tag.Label) {
			notes = append(notes, lateWords(tag, ended))
		}
	}
	return notes
}

// filterOf gives the tag filter that a decision was made by.
func filterOf(d models.Decision, all models.Detail) conversion.TagFilter {
	i := slices.IndexFunc(all.Versions, func(v models.IntegrationVersion) bool {
		return v.IntegrationID == d.IntegrationID && v.Version == d.IntegrationVersion
	})
	if i < 0 {
		return conversion.TagFilter{}
	}
	if rules := rulesFor(all.Conversion.Kind, all.Versions[i].Settings); rules != nil {
		return rules.Tags
	}
	return conversion.TagFilter{}
}

// rulesFor gives the rules of one kind; nil: none of it are sent.
func rulesFor(kind conversion.Kind, settings models.IntegrationSettings) *conversion.Rules {
	if kind == conversion.KindLead {
		return settings.Leads
	}
	return settings.Calls
}

func named(filter conversion.TagFilter, label string) bool {
	return slices.ContainsFunc(slices.Concat(filter.Any, filter.All, filter.None), func(l string) bool {
		return strings.EqualFold(strings.TrimSpace(l), label)
	})
}

// noted says whether the decision's own check of the tags speaks of a late label.
func noted(d models.Decision, label string) bool {
	return slices.ContainsFunc(d.Detail.Checks, func(c conversion.Check) bool {
		return c.Name == conversion.CheckTags && strings.Contains(c.Note, "'"+label+"' came ")
	})
}

func lateWords(tag models.ConversionTag, ended time.Time) string {
	if ended.IsZero() || !tag.At.After(ended) {
		return fmt.Sprintf("'%s' was reported after the decision and does not count", tag.Label)
	}
	return fmt.Sprintf("'%s' came %s after the end and does not count", tag.Label, span(tag.At.Sub(ended)))
}

// span writes a length of time in its largest whole unit.
func span(d time.Duration) string {
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		switch n := int(d / unit.length); n {
		case 0:
		case 1:
			return "1 " + unit.name
		default:
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return "less than a second"
}
