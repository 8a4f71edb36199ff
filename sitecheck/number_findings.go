package sitecheck

import (
	"slices"
	"strings"
)

// reportReplaced reports which of the numbers to replace are on the page.
func (r *Report) reportReplaced(known int) {
	for _, found := range r.Numbers.Replaced {
		var by []string
		for _, offer := range found.By {
			by = append(by, offer.Name+" for "+offer.audience())
		}
		r.add(OK, AboutNumbers, "The script replaces "+found.Number+", which is on the page "+found.where()+".",
			"The first of these that matches the visit is shown: "+strings.Join(by, "; ")+".")
	}
	switch {
	case known == 0:
		r.add(OK, AboutNumbers, "No pool or tracking number replaces numbers on the pages.", "Only calls to tracking numbers that you publish yourself can then be attributed.")
	case len(r.Numbers.Replaced) == 0:
		r.add(Warning, AboutNumbers, "None of the numbers to replace is on the page.", "If one should be, check its spelling. The script finds digits with spaces, brackets, dots and dashes between them, if no HTML tag separates them.")
	}
}

// where returns the places of a number on the page.
func (n Replaced) where() string {
	var places []string
	switch {
	case n.Texts == 1:
		places = append(places, "once in the text")
	case n.Texts > 1:
		places = append(places, count(n.Texts, "time")+" in the text")
	}
	if n.Links > 0 {
		places = append(places, "in "+count(n.Links, "tel: link"))
	}
	return strings.Join(places, " and ")
}

// audience returns the visits that an offer is shown to.
func (o Offer) audience() string {
	if o.To == "" {
		return "all visits"
	}
	return "visits with " + o.To
}

// off returns the name of the pool or number that would replace this number if it were
// switched on, or an empty string.
func (s Site) off(number string) string {
	for _, offer := range s.Off {
		if slices.Contains(offer.Replaces, number) {
			return offer.Name
		}
	}
	return ""
}

// reportOthers reports the numbers that nothing replaces.
func (r *Report) reportOthers(site Site, s *search) {
	for i := range r.Numbers.Others {
		other := &r.Numbers.Others[i]
		t := slices.IndexFunc(site.Tracking, func(t Tracking) bool { return t.Number == other.Number })
		other.Tracking = t >= 0
		switch {
		case t >= 0 && site.Tracking[t].Pool != "":
			r.add(Problem, AboutNumbers, "The page contains "+other.Number+", which is a number of the pool "+site.Tracking[t].Pool+".",
				"Calls to it are attributed to the session that holds the number at that time. Put the number that the pool replaces on the page instead.")
		case t >= 0:
			r.add(OK, AboutNumbers, "The page contains "+other.Number+", which is a tracking number outside pools.", "Calls to it are attributed to the traffic that you assigned to the number.")
		case slices.ContainsFunc(s.known, func(w *wanted) bool { return w.Number == other.Number }):
			r.add(Warning, AboutNumbers, "The script does not find "+other.Number+" because of its spelling: "+other.Written+".",
				"Write its digits as they are dialed from abroad or within the country.")
		case site.off(other.Number) != "":
			r.add(Warning, AboutNumbers, "Nothing replaces "+other.Number+" on the page, because "+site.off(other.Number)+" is switched off.", "Switch it on to replace the number.")
		case len(s.known) > 0:
			r.add(Warning, AboutNumbers, "Nothing replaces "+other.Number+" on the page.", "Calls to it cannot be assigned to a visit. Add it to the setting replaces of a pool or a tracking number.")
		}
	}
}
