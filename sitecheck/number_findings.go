package sitecheck

import "slices"

// reportReplaced reports which of the numbers to replace are on the page.
func (r *Report) reportReplaced(known int) {
	for _, found := range r.Numbers.Replaced {
		r.add(OK, AboutNumbers, NumberReplaced, Values{Number: found.Number, Texts: found.Texts, Links: found.Links, By: found.By})
	}
	switch {
	case known == 0:
		r.add(OK, AboutNumbers, NumbersNone, Values{})
	case len(r.Numbers.Replaced) == 0:
		r.add(Warning, AboutNumbers, NumbersNotFound, Values{})
	}
}

// off returns the first pool or number that would replace this number if it were
// switched on, nil if there is none.
func (s Site) off(number string) []Offer {
	for _, offer := range s.Off {
		if slices.Contains(offer.Replaces, number) {
			return []Offer{offer}
		}
	}
	return nil
}

// reportOthers reports the numbers that nothing replaces.
func (r *Report) reportOthers(site Site, s *search) {
	for i := range r.Numbers.Others {
		other := &r.Numbers.Others[i]
		t := slices.IndexFunc(site.Tracking, func(t Tracking) bool { return t.Number == other.Number })
		other.Tracking = t >= 0
		switch {
		case t >= 0 && site.Tracking[t].Pool != "":
			r.add(Problem, AboutNumbers, NumberOfPool, Values{Number: other.Number, Pool: site.Tracking[t].Pool})
		case t >= 0:
			r.add(OK, AboutNumbers, NumberOutsidePools, Values{Number: other.Number})
		case slices.ContainsFunc(s.known, func(w *wanted) bool { return w.Number == other.Number }):
			r.add(Warning, AboutNumbers, NumberNotRecognized, Values{Number: other.Number, Written: other.Written})
		case len(site.off(other.Number)) > 0:
			r.add(Warning, AboutNumbers, NumberSwitchedOff, Values{Number: other.Number, By: site.off(other.Number)})
		case len(s.known) > 0:
			r.add(Warning, AboutNumbers, NumberNotReplaced, Values{Number: other.Number})
		}
	}
}
