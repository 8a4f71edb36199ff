package paging_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/paging"
)

// requestsOf reads a list, of which every entry has to be read, and returns the number of
// requests.
func requestsOf(t *testing.T, entries int, page func(number, size int) paging.Page) (requests int) {
	t.Helper()
	read := map[string]bool{}
	for place, end := (paging.Place{}), false; !end; requests++ {
		require.Less(t, requests, 1000)
		p := page(place.Next())
		for _, id := range p.IDs {
			read[id] = true
		}
		place, end = place.After(p)
	}
	require.Len(t, read, entries)
	return requests
}

// TestM9_AListWhosePagesAreNotFullNeedsFewRequests has providers that leave entries out of
// their pages, from and to these places.
func TestM9_AListWhosePagesAreNotFullNeedsFewRequests(t *testing.T) {
	t.Parallel()
	for _, left := range []struct{ from, to, requests int }{
		{0, 250, 21}, {0, 249, 21}, {0, 10, 24}, {2000, 2249, 42}, {2000, 2250, 42}, {4700, 4990, 64}, {1000, 4000, 42},
	} {
		l := &list{ids: numbered(5000), largest: 250}
		out := l.ids[left.from:left.to]
		requests := requestsOf(t, 5000-len(out), func(number, size int) paging.Page {
			page := l.page(number, size)
			page.IDs = slices.DeleteFunc(page.IDs, func(id string) bool { return slices.Contains(out, id) })
			return page
		})
		require.LessOrEqual(t, requests, left.requests, "without %d to %d", left.from, left.to)
	}
}

// TestM9_AListWhoseNumberOfPagesIsTooHighNeedsFewRequests has a provider that counts
// entries that are not listed any more.
func TestM9_AListWhoseNumberOfPagesIsTooHighNeedsFewRequests(t *testing.T) {
	t.Parallel()
	for entries, most := range map[int]int{251: 10, 480: 12, 900: 15, 5000: 70} {
		l := &list{ids: numbered(entries), largest: 250}
		requests := requestsOf(t, entries, func(number, size int) paging.Page {
			page := l.page(number, size)
			page.More = number*page.Size < entries+300
			return page
		})
		require.LessOrEqual(t, requests, most, "%d entries", entries)
	}
}

// TestM9_AListWithOneSizeIsNotReadAgainAndAgain has two pages, which cannot overlap.
func TestM9_AListWithOneSizeIsNotReadAgainAndAgain(t *testing.T) {
	t.Parallel()
	for _, entries := range []int{251, 400, 480} {
		l := &list{ids: numbered(entries), largest: 250, fixed: true}
		require.LessOrEqual(t, requestsOf(t, entries, l.page), 4, "%d entries", entries)
	}
}

// TestM9_AListThatEndsBeforeThePageIsReadToItsEnd removes most of a list whose provider
// refuses pages after the end.
func TestM9_AListThatEndsBeforeThePageIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	l := &list{ids: numbered(5000), largest: 250}
	place, end := paging.Place{}, false
	for requests := 0; !end; requests++ {
		require.Less(t, requests, 30)
		if requests == 10 {
			l.ids = l.ids[:900]
		}
		page := l.page(place.Next())
		if len(page.IDs) == 0 {
			place = place.Refused()
			continue
		}
		place, end = place.After(page)
	}
	require.Contains(t, place.Last, "899")
}
