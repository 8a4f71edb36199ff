package sources

import (
	"cmp"
	"maps"
	"slices"

	"ringback/conversion"
	"ringback/internal/limits"
	"ringback/internal/texts"
	"ringback/visits"
)

// Clean returns a report with what the landing page of its visit adds, and whose texts
// both databases can store: valid UTF-8 without
// control characters. A provider may pass on what a caller's network or a form sent,
// and the call counts without it. Ids that are longer than any visitor id are left
// out, because a part of an id is another id.
func (r Report) Clean() Report {
	if r.Event != nil {
		e := *r.Event
		cleanAll(&e.Caller, &e.CallerName, &e.TrackingNumber, &e.Extension, &e.SessionID)
		e.VisitorIDs, e.Traffic, e.Tags = cleanIDs(e.VisitorIDs), cleanTraffic(e.Traffic), cleanTags(e.Tags)
		r.Event = &e
	}
	if r.Lead != nil {
		l := *r.Lead
		l.Email = cmp.Or(limits.EmailIn(l.Email), l.Email)
		cleanAll(&l.Name, &l.Phone, &l.Email, &l.Form, &l.PageURL, &l.SessionID)
		l.VisitorIDs, l.Traffic, l.Tags, l.Fields = cleanIDs(l.VisitorIDs), cleanTraffic(l.Traffic), cleanTags(l.Tags), cleanMap(l.Fields)
		r.Lead = &l
	}
	return r
}

func cleanAll(all ...*string) {
	for _, s := range all {
		*s = texts.Clean(*s)
	}
}

func cleanTags(tags []string) []string {
	var kept []string
	for _, tag := range tags {
		if tag = texts.Line(tag); tag != "" && !slices.Contains(kept, tag) {
			kept = append(kept, tag)
		}
	}
	return kept
}

func cleanIDs(ids map[string]string) map[string]string {
	ids = maps.Clone(ids)
	maps.DeleteFunc(ids, func(_, id string) bool { return len(id) > limits.ID })
	return cleanMap(ids)
}

func cleanMap(all map[string]string) map[string]string {
	if all == nil {
		return nil
	}
	kept := make(map[string]string, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) { // of two names that become one, the last
		kept[texts.Clean(name)] = texts.Clean(all[name])
	}
	return kept
}

func cleanTraffic(t *conversion.Traffic) *conversion.Traffic {
	if t == nil {
		return nil
	}
	clean := *t
	cleanAll(
		&clean.Source, &clean.Medium, &clean.Campaign, &clean.Content, &clean.Term, &clean.Referrer, &clean.LandingPage,
		&clean.PageURL, &clean.City, &clean.Region, &clean.Country, &clean.Device,
	)
	clean.ClickIDs = cleanMap(t.ClickIDs)
	clean = visits.Reported(clean)
	return &clean
}
