package paging_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/internal/paging"
)

// list is a list that is divided into pages.
type list struct {
	ids     []string
	largest int
	fixed   bool // the size of a page is always the largest
}

// page returns a page as most APIs do.
func (l list) page(number, size int) paging.Page {
	asked := size
	if size == 0 {
		asked = l.largest
	}
	if size = min(asked, l.largest); l.fixed {
		size = l.largest
	}
	begin := min((number-1)*size, len(l.ids))
	end := min(begin+size, len(l.ids))
	return paging.Page{Number: number, Size: asked, IDs: slices.Clone(l.ids[begin:end]), More: end < len(l.ids)}
}

// read reads a list to its end, and changes it before each page. It returns the ids that
// were read and the number of requests.
func read(t require.TestingT, l *list, change func()) (ids map[string]bool, requests int) {
	ids = map[string]bool{}
	for place, end := (paging.Place{}), false; !end; requests++ {
		require.Less(t, requests, 10_000, "it ends")
		change()
		page := l.page(place.Next())
		for _, id := range page.IDs {
			ids[id] = true
		}
		place, end = place.After(page)
	}
	return ids, requests
}

func numbered(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = strconv.Itoa(i)
	}
	return ids
}

// TestM9_NothingThatIsThereAllTheTimeIsMissed removes and adds entries anywhere between
// the pages.
func TestM9_NothingThatIsThereAllTheTimeIsMissed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := &list{ids: numbered(rapid.IntRange(0, 59).Draw(t, "entries")), largest: rapid.IntRange(5, 20).Draw(t, "largest page")}
		stay := map[string]bool{}
		for _, id := range l.ids {
			stay[id] = true
		}
		changes, added := rapid.IntRange(0, 19).Draw(t, "changes"), 0
		read, _ := read(t, l, func() {
			for ; changes > 0 && rapid.Bool().Draw(t, "changes now"); changes-- {
				if len(l.ids) > 0 && rapid.Bool().Draw(t, "removes") {
					at := rapid.IntRange(0, len(l.ids)-1).Draw(t, "at")
					delete(stay, l.ids[at])
					l.ids = slices.Delete(l.ids, at, at+1)
				}
				if len(l.ids) < 59 && rapid.Bool().Draw(t, "adds") {
					added++
					at := rapid.IntRange(0, len(l.ids)).Draw(t, "at")
					l.ids = slices.Insert(l.ids, at, fmt.Sprintf("added %d", added))
				}
			}
		})
		for id := range stay {
			require.Contains(t, read, id)
		}
	})
}

// TestOverlappingPagesNeedFewMoreRequests has a list that does not change.
func TestOverlappingPagesNeedFewMoreRequests(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ entries, largest, requests int }{
		{0, 150, 1}, {150, 150, 1}, {151, 150, 2}, {5000, 150, 39}, {5000, 250, 23}, {5000, 1000, 6}, {50_000, 250, 225},
	} {
		ids, requests := read(t, &list{ids: numbered(test.entries), largest: test.largest}, func() {})
		require.Len(t, ids, test.entries)
		require.LessOrEqual(t, requests, test.requests, "%d entries in pages of %d", test.entries, test.largest)
	}
}

// TestAListWithSizesOfItsOwnIsReadToItsEnd asks for sizes that the list does not have.
func TestAListWithSizesOfItsOwnIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	for entries := range 40 {
		for largest := 1; largest < 12; largest++ {
			ids, _ := read(t, &list{ids: numbered(entries), largest: largest, fixed: true}, func() {})
			require.Len(t, ids, entries, "%d entries in pages of %d", entries, largest)
			l := &list{ids: numbered(entries), largest: 12}
			smaller := 0
			ids, _ = read(t, l, func() {
				if smaller++; smaller == 2 { // pages become smaller meanwhile
					l.largest = largest
				}
			})
			require.Len(t, ids, entries, "%d entries in pages of 12 and then %d", entries, largest)
		}
	}
}

// TestAListOfEntriesWithoutIDsIsReadToItsEnd has nothing by which pages are joined.
func TestAListOfEntriesWithoutIDsIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	place, end, read := paging.Place{}, false, 0
	for requests := 0; !end; requests++ {
		require.Less(t, requests, 100)
		number, size := place.Next()
		if size == 0 {
			size = 10
		}
		begin := (number - 1) * size
		read = max(read, min(begin+size, 95))
		place, end = place.After(paging.Page{Number: number, Size: size, IDs: make([]string, max(min(size, 95-begin), 0)), More: begin+size < 95})
	}
	require.Equal(t, 95, read)
}
