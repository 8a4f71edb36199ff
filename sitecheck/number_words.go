package sitecheck

import (
	"slices"
	"strings"
)

// sayReplaced says which of the numbers that are to be replaced are there.
func (r *Report) sayReplaced(known int) {
	for _, found := range r.Numbers.Replaced {
		var by []string
		for _, offer := range found.By {
			by = append(by, offer.Name+" for "+offer.audience())
		}
		r.add(OK, AboutNumbers, found.Number+" would be replaced: it is on the page "+found.where()+".",
			"By the first of these that fits the visit: "+strings.Join(by, "; ")+".")
	}
	switch {
	case known == 0:
		r.add(OK, AboutNumbers, "No pool or number is set to replace numbers on the pages.", "Calls are then known by numbers of their own alone.")
	case len(r.Numbers.Replaced) == 0:
		r.add(Warning, AboutNumbers, "None of the numbers that are to be replaced is on the page.", "If one should be, see how it is written: the script finds digits with spaces, brackets, dots and dashes between them, in one piece of text.")
	}
}

// where says where on the page a number stands.
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

// audience says whom an offer is shown to.
func (o Offer) audience() string {
	if o.To == "" {
		return "everybody"
	}
	return "visits with " + o.To
}

// off names what would replace a number if it were not switched off; empty: nothing.
func (s Site) off(number string) string {
	for _, offer := range s.Off {
		if slices.Contains(offer.Replaces, number) {
			return offer.Name
		}
	}
	return ""
}

// sayOthers says what the numbers are that nothing replaces.
func (r *Report) sayOthers(site Site, s *search) {
	for i := range r.Numbers.Others {
		other := &r.Numbers.Others[i]
		t := slices.IndexFunc(site.Tracking, func(t Tracking) bool { return t.Number == other.Number })
		other.Tracking = t >= 0
		switch {
		case t >= 0 && site.Tracking[t].Pool != "":
			r.add(Problem, AboutNumbers, other.Number+" is written on the page, and is a number of the pool "+site.Tracking[t].Pool+".",
				"Calls to it are taken for calls of whichever session holds it. Write the number there that the pool replaces.")
		case t >= 0:
			r.add(OK, AboutNumbers, other.Number+" is written on the page, and is a tracking number of its own.", "Calls to it are attributed to what it stands for.")
		case slices.ContainsFunc(s.known, func(w *wanted) bool { return w.Number == other.Number }):
			r.add(Warning, AboutNumbers, "The number "+other.Number+" is written so that the script does not find it: "+other.Written+".",
				"Write its digits as they are dialled, from abroad or within the country.")
		case site.off(other.Number) != "":
			r.add(Warning, AboutNumbers, other.Number+" is on the page and is replaced by nothing: "+site.off(other.Number)+" is switched off.", "Switch it on to replace the number.")
		case len(s.known) > 0:
			r.add(Warning, AboutNumbers, "The number "+other.Number+" on the page is replaced by nothing.", "Calls to it tell nothing of the visit. Add it to replaces of a pool or a number.")
		}
	}
}
