// Package paging reads a list page by page so that nothing in it is missed, although the
// list changes meanwhile. An entry that is removed moves all later ones to the front, and
// one of them to a page that was read already. So each page overlaps with the one before
// it: if the two have an entry in common, nothing between them was missed.
//
// It must not know what is listed, or how a page is asked for.
package paging

import "slices"

// mostGaps is how many pages of a pass may have nothing in common with the pages before
// them. After that the pages need not overlap any more: the list does not have the sizes
// that are asked for, or changes faster than it is read.
const mostGaps = 20

// smallestPage is how many entries the largest page of a provider has at least.
const smallestPage = 5

// leastOverlap returns how many entries a page of at most so many should have in common with
// the page before it. As many may be removed between the two, less one, without a part
// of the list having to be read again.
func leastOverlap(size int) int { return max(min(size/16, 10), 1) }

// Place is how far a list has been read. The zero value is its beginning.
type Place struct {
	Read int      `json:"read"` // how many entries from the beginning of the list were read
	Size int      `json:"size"` // of the largest page; zero if unknown
	Last []string `json:"last"` // the ids on the page that was read last
	Gaps int      `json:"gaps"` // pages that had nothing in common with the pages before them
}

// Page is a page that was read.
type Page struct {
	Number int      // counted from 1
	Size   int      // how many entries a page has, as it was asked for
	IDs    []string // of its entries; an id may be empty
	More   bool     // whether there is another page
}

// Next returns the number and the size of the page to be read next. A size of zero is
// the largest one.
func (p Place) Next() (number, size int) {
	if p.Read == 0 || p.Size == 0 {
		return 1, p.Size
	}
	if p.overlaps() {
		for least := leastOverlap(p.Size); least > 0; least-- {
			if size := p.overlapping(least); size > 0 {
				return p.Read/size + 1, size
			}
		}
	}
	return p.Read/p.Size + 1, p.Size
}

// overlapping returns the size of the page that has the most new entries beside at least
// so many that were read. It is zero if there is none.
func (p Place) overlapping(least int) (size int) {
	most := 0
	for candidate := p.Size; candidate > least && candidate > most; candidate-- {
		read := p.Read % candidate
		if (read >= least || read == p.Read) && candidate-read > most {
			size, most = candidate, candidate-read
		}
	}
	return size
}

// overlaps reports whether pages have to overlap.
func (p Place) overlaps() bool { return p.Gaps < mostGaps }

// After returns the place after a page, and whether the list was read to its end.
func (p Place) After(page Page) (next Place, end bool) {
	next = p
	next.Size = max(p.Size, page.Size)
	n := len(page.IDs)
	switch {
	case n > page.Size: // the size is not that which was asked for
		next.Size, next.Gaps = n, mostGaps
		page.Size = n
	case n < page.Size && page.More && p.overlaps():
		if page.Number > 1 {
			return next.again(), false
		}
		next.takeSize(n)
		page.Size = next.Size
	}
	begin := (page.Number - 1) * page.Size
	if !next.joins(page.IDs, begin) {
		return next.back(begin - next.Size), false
	}
	if p.Gaps > 0 && page.Number == 1 && slices.Equal(page.IDs, p.Last) { // nothing was removed: the gap came of the sizes
		next.Gaps = mostGaps
	}
	next.Last, next.Read = page.IDs, begin+n
	if page.More {
		next.Read = begin + page.Size
	}
	return next, !page.More
}

// takeSize sets the size of a page by the first page, which has fewer entries than were
// asked for. If it has very few, the provider leaves entries out of its pages, and pages
// of that size would take too many requests. Then pages do not overlap.
func (p *Place) takeSize(entries int) {
	if entries < smallestPage {
		p.Gaps = mostGaps
		return
	}
	p.Size = entries
}

// again returns the place after a later page that is not full: the beginning. Either pages
// have become smaller, which the first page shows, or the provider leaves entries out of
// its pages. After the second such page they do not overlap, and need not be full.
func (p Place) again() Place {
	p.Gaps = min(p.Gaps+mostGaps/2, mostGaps)
	p.Read = 0
	return p
}

// Refused returns the place after the provider refused a page. Some providers refuse
// pages after the end, and entries may have been removed, so an earlier part is read again.
func (p Place) Refused() Place {
	if p.Read == 0 || !p.overlaps() {
		return p
	}
	return p.back(p.Read - p.Size)
}

// back returns the place from which a part of the list is read again.
func (p Place) back(to int) Place {
	p.Read = max(to, 0)
	p.Gaps++
	return p
}

// joins reports whether nothing was missed between a page and those that were read. There
// are sizes of pages by which none can overlap at some places: those of fewer than a
// dozen entries.
func (p Place) joins(ids []string, begin int) bool {
	if begin == 0 || begin >= p.Read || !p.overlaps() {
		return true
	}
	return slices.ContainsFunc(ids, func(id string) bool { return id != "" && slices.Contains(p.Last, id) })
}
