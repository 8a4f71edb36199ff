package sourcetest

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/internal/paging"
	"ringback/sources/listing"
	"ringback/test/calllistfake"
)

// RunChanging reads lists of calls that change between their pages: calls are removed, and
// others begin or are added late. It checks that each call that is there all the time is found.
func (l List) RunChanging(t *testing.T) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		c := &changing{List: l, provider: &calllistfake.Server{LargestPage: rapid.IntRange(5, 12).Draw(t, "largest page"), Zone: l.Zone}, stay: map[string]bool{}}
		for range rapid.IntRange(0, 50).Draw(t, "calls") {
			c.stay[c.add(t)] = true
		}
		changes := rapid.IntRange(0, 15).Draw(t, "changes")
		found, end := map[string]bool{}, false
		for place := (paging.Place{}); !end; {
			for ; changes > 0 && rapid.Bool().Draw(t, "changes now"); changes-- {
				c.change(t)
			}
			number, size := place.Next()
			page, err := l.Source.List(t.Context(), c, l.Settings("https://api.example.com", calllistfake.Key),
				listing.Query{From: l.Began, To: l.Began.Add(time.Hour), Page: number, Size: size, Now: l.Asked})
			require.NoError(t, err)
			require.Len(t, page.IDs, len(page.Messages))
			for _, id := range page.IDs {
				found[id] = true
			}
			place, end = place.After(paging.Page{Number: number, Size: page.Size, IDs: page.IDs, More: page.More})
		}
		for id := range c.stay {
			require.Contains(t, found, id)
		}
	})
}

// changing is a list of a provider that changes.
type changing struct {
	List
	provider *calllistfake.Server
	listed   []string        // the ids of the calls that are there
	stay     map[string]bool // the ids of the calls that were never removed, of those that were there at first
	added    int
}

// Do implements delivery.Doer.
func (c *changing) Do(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	c.provider.ServeHTTP(answer, r)
	return answer.Result(), nil
}

// add adds a call anywhere and returns its id.
func (c *changing) add(t *rapid.T) string {
	c.added++
	id := strconv.Itoa(70_000 + c.added)
	at := c.Began.Add(time.Duration(rapid.IntRange(0, 3599).Draw(t, "second")) * time.Second)
	c.provider.Put(calllistfake.Call{ID: id, At: at, Seconds: 95, Answered: true, Caller: c.Caller})
	c.listed = append(c.listed, id)
	return id
}

// change removes some calls and adds some.
func (c *changing) change(t *rapid.T) {
	for range rapid.IntRange(0, min(3, len(c.listed))).Draw(t, "removes") {
		id := rapid.SampledFrom(c.listed).Draw(t, "removed")
		c.provider.Remove(id)
		delete(c.stay, id)
		c.listed = slices.DeleteFunc(c.listed, func(other string) bool { return other == id })
	}
	for range rapid.IntRange(0, min(3, 55-len(c.listed))).Draw(t, "adds") {
		c.add(t)
	}
}
