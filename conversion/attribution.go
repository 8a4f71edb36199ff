package conversion

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ringback/internal/fault"
)

// AttributionModels returns every model, the default first (R8).
func AttributionModels() []AttributionModel {
	return []AttributionModel{LastNonDirect, LastVisit, FirstVisit, FirstNonDirect}
}

// Valid reports whether the model is one that exists. Empty is not.
func (m AttributionModel) Valid() bool { return slices.Contains(AttributionModels(), m) }

// ParseAttributionModel reads a model; empty is the default, last non-direct.
// The error is a fault about the field "attribution_model".
func ParseAttributionModel(s string) (AttributionModel, error) {
	m := cmp.Or(AttributionModel(s), LastNonDirect)
	if !m.Valid() {
		return "", fault.InvalidFields(fault.Field{
			Path: "attribution_model", Expected: fault.OneOf(AttributionModels()),
		})
	}
	return m, nil
}

// Attribute returns the visit that gets the credit for a conversion at this time
// (R8), nil if there is none. Visits up to the conversion count, including its own
// instant, unless they are older than the look-back. Zero look-back days mean no
// limit. The non-direct models take a direct visit if all are direct. An unknown
// model is read as the default. The order of the visits does not matter. The
// visit's channel is filled in from its traffic if it has none.
func Attribute(model AttributionModel, visits []Visit, at time.Time, lookbackDays int) *Visit {
	var counted []Visit
	for _, v := range visits {
		if lookedAt(v.At, at, lookbackDays) {
			v.Traffic = v.Traffic.Normalized()
			v.VisitorIDs = nil // the credit goes to traffic, not to a person
			counted = append(counted, v)
		}
	}
	picked := pick(model, counted)
	if picked != nil {
		picked.Traffic.Channel = cmp.Or(picked.Traffic.Channel, Channel(picked.Traffic))
	}
	return picked
}

// Reduced returns the facts with only those of their visits that attribution picks by one
// of its models. Every model picks the same of them as of all.
func (f Facts) Reduced(site SiteRules) Facts {
	var picked []Visit
	for _, model := range AttributionModels() {
		v := Attribute(model, f.Visits, f.At, site.LookbackDays)
		if v != nil && !slices.ContainsFunc(picked, func(p Visit) bool { return compareVisits(p, *v) == 0 }) {
			picked = append(picked, *v)
		}
	}
	f.Visits = picked
	return f
}

// pick returns one of the visits that count, nil if there is none.
func pick(model AttributionModel, counted []Visit) *Visit {
	slices.SortFunc(counted, compareVisits)
	if model != FirstVisit && model != FirstNonDirect {
		slices.Reverse(counted)
	}
	if model != FirstVisit && model != LastVisit {
		for _, v := range counted {
			if !v.Traffic.Direct() {
				return &v
			}
		}
	}
	if len(counted) == 0 {
		return nil
	}
	return &counted[0]
}

// lookedAt reports whether attribution considers a visit at this time.
func lookedAt(visit, at time.Time, lookbackDays int) bool {
	tooOld := lookbackDays > 0 && visit.Before(DaysBefore(at, lookbackDays))
	return !visit.After(at) && !tooOld
}

// compareVisits orders visits by time, those of one instant by id, and those of
// one id by content.
func compareVisits(a, b Visit) int {
	if c := cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)); c != 0 {
		return c
	}
	return compareContent(a, b)
}

// Direct reports whether it is unknown where the visit came from. A click id, a
// campaign, a content or a term makes a visit non-direct, and so does a source or
// medium other than "direct" or "none". A referrer alone is a referral, unless it
// is the site itself: the host of the landing page or of the page. The channel
// does not matter: it may be carried over from an earlier visit.
func (t Traffic) Direct() bool {
	t = t.Normalized()
	if len(t.ClickIDs) > 0 || t.Campaign+t.Content+t.Term != "" || t.NamesSource() {
		return false
	}
	return t.Referrer == "" || sameHost(t.Referrer, t.LandingPage) || sameHost(t.Referrer, t.PageURL)
}

// saysDirect reports whether a normalised source or medium means a direct visit.
func saysDirect(s string) bool {
	word := fold(s)
	return word == "" || word == "direct" || word == "none"
}

// sameHost reports whether two addresses are of one host, with or without "www.".
func sameHost(a, b string) bool {
	host := func(address string) string { return strings.TrimPrefix(plainHost(hostOf(address)), "www.") }
	return host(a) != "" && host(a) == host(b)
}
