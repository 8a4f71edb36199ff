package numbers

import (
	"cmp"
	"slices"

	"ringback/conversion"
)

// Offer is a pool, or a number of its own, that is shown in place of numbers on
// the pages.
type Offer struct {
	PoolID   string // empty for a number of its own
	NumberID string // empty for a pool
	Position int
	Replaces []string              // E.164, the numbers on the pages
	ShownTo  *conversion.Condition // of the visit's traffic, nil for everybody
}

// Choose returns the offers that a visit with this traffic is shown. Each number
// on the pages is replaced by the first offer that fits: offers with the lower
// position come first, then numbers of their own, which are never exhausted, and
// then those that come first in the list. Replaces of the results are the numbers
// that the offer replaces for this visit.
func Choose(offers []Offer, t conversion.Traffic) []Offer {
	t = t.Normalized()
	sorted := slices.Clone(offers)
	slices.SortStableFunc(sorted, func(a, b Offer) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.rank(), b.rank()))
	})
	var chosen []Offer
	replaced := map[string]bool{}
	for _, o := range sorted {
		if !o.ShownTo.Holds(t) {
			continue
		}
		o.Replaces = slices.DeleteFunc(slices.Clone(o.Replaces), func(number string) bool { return replaced[number] })
		for _, number := range o.Replaces {
			replaced[number] = true
		}
		if len(o.Replaces) > 0 {
			chosen = append(chosen, o)
		}
	}
	return chosen
}

// rank orders offers of one position.
func (o Offer) rank() int {
	if o.PoolID == "" {
		return 0
	}
	return 1
}
