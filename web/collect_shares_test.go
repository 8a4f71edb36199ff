package web_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
	"ringback/web/collect"
)

// replaced is the number on the pages that the pool's numbers replace.
const replaced = "12025550170"

// pooled returns a page of the world's site, which has one pool, of this size.
func pooled(w *world, numbers int) page {
	w.must("PATCH", "/sites/{site}/pools/{pool}", `{"enabled":false}`)
	w.names["pool"] = w.must("POST", "/sites/{site}/pools", `{"name":"A","replaces":["+`+replaced+`"]}`)["id"].(string)
	list := ""
	for n := range numbers {
		list += fmt.Sprintf(`,"+4420794602%02d"`, n)
	}
	w.must("POST", "/sites/{site}/pools/{pool}/numbers", `{"numbers":[`+list[1:]+`]}`)
	return w.page()
}

// looks posts a page view and returns the number of the pool that it gets, or empty.
func (p page) looks(who, hit int, more string) string {
	p.w.t.Helper()
	shown := p.see(view(fmt.Sprint(who, "-", hit), fmt.Sprintf("visitor-0123456789-%d", who), more)).Numbers[replaced]
	if len(shown) == 0 {
		return ""
	}
	return shown[0]
}

// taken returns how many different numbers these visitors get now, starting with visitor first.
func (p page) taken(first, visitors int, more string) int {
	p.w.t.Helper()
	numbers := map[string]bool{}
	for who := first; who < first+visitors; who++ {
		if number := p.looks(who, 1, more); number != "" {
			numbers[number] = true
		}
	}
	return len(numbers)
}

// usual is the default limit of the service.
var usual = collect.Limits{NewSessionsPerAddress: 30}

func TestM10_OneAddressDrainsNoPool(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := pooled(w, 30)
	metrics := limited(w, usual)
	require.Equal(t, 3, p.taken(1, 25, ""), "a tenth of the pool")
	require.Equal(t, 22, metrics.counts["withheld"])
	require.Empty(t, metrics.counts["dry "+w.names["pool"]])
	require.NotEmpty(t, p.looks(1, 2, ""), "who has one keeps it")

	neighbour := p
	neighbour.address = "192.0.2.2:1"
	require.Equal(t, 3, neighbour.taken(100, 5, ""))
	w.clock.Advance(29 * time.Minute)
	require.Zero(t, p.taken(200, 1, ""))
	w.clock.Advance(2 * time.Minute)
	require.Equal(t, 3, p.taken(300, 25, ""))

	var six []int
	for i := range 5 { // of one /48
		p.address = fmt.Sprintf("[2001:db8:1:%d::1]:1", i)
		six = append(six, p.taken(400+10*i, 5, ""))
	}
	require.Equal(t, []int{3, 3, 0, 0, 0}, six, "many networks of one customer get twice as many")
	p.address = "[2001:db8:2::1]:1"
	require.Equal(t, 3, p.taken(500, 5, ""))
}

// An address holds a share of a pool however patient it is: a number that it got counts
// for as long as it is kept, from whichever address its visitor goes on.
func TestM10_PatienceEmptiesNoPool(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := pooled(w, 50)
	limited(w, usual)
	other := p
	other.address = "198.51.100.7:1"
	held, who := map[int]string{}, 0
	for step := range 40 { // ten hours
		for visitor := range held {
			from := p
			if step%3 == 0 {
				from = other
			}
			held[visitor] = from.looks(visitor, 10+step, "")
		}
		for range 3 {
			who++
			if number := p.looks(who, 1, ""); number != "" {
				held[who] = number
			}
		}
		w.clock.Advance(15 * time.Minute)
	}
	numbers := map[string]bool{}
	for _, number := range held {
		if number != "" {
			numbers[number] = true
		}
	}
	require.LessOrEqual(t, len(numbers), 10, "a tenth of the pool for each of two addresses")
}

func TestM10_OfASmallPoolAnAddressGetsTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := pooled(w, 5)
	limited(w, usual)
	require.Equal(t, 2, p.taken(1, 5, ""))
	limited(w, collect.Limits{})
	require.Equal(t, 3, p.taken(10, 5, ""), "without a limit of new sessions there are no shares")
}

// If a process does not know a visitor, as after its start, the limits of
// the address do not take the visitor's number away.
func TestM10_SessionKeepsItsNumberInSpiteOfTheAddressLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := pooled(w, 5)
	limited(w, collect.Limits{NewSessionsPerAddress: 1})
	mine := p.looks(1, 1, "")
	require.NotEmpty(t, mine)
	limited(w, collect.Limits{NewSessionsPerAddress: 1})
	p.taken(2, 1, "")
	for i := range 4 { // longer than the half hour of the first lease
		w.clock.Advance(20 * time.Minute)
		p.taken(10+i, 3, "")
		require.Equal(t, mine, p.looks(1, 2+i, ""))
	}
}

// Without cookies and storage each page counts as a visitor, and would get a number.
func TestM10_PagesOfABrowserThatStoresNothingTakeFewNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := pooled(w, 80)
	limited(w, usual)
	const memory = `,"storage":"memory"`
	require.Equal(t, 5, p.taken(1, 8, memory))
	require.Equal(t, 1, p.taken(20, 1, ""), "others of the same address have their share")
	w.clock.Advance(2 * time.Minute)
	require.Equal(t, 1, p.taken(30, 3, memory))
}

func TestG8_WithdrawnConsentStaysWithdrawnWhenAViewArrivesLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := pooled(w, 5)
	metrics := limited(w, usual)
	p.see(view("1", visitor, ""))
	require.Equal(t, 204, p.post("forget", `{"visitor":"`+visitor+`"}`).Code)
	require.Equal(t, viewed{Numbers: map[string][]string{}}, p.see(view("2", visitor, `,"ago":1500`)))
	require.Equal(t, 1, metrics.counts["view forgotten"])
	require.Equal(t, 202, p.post("leads", lead("1", visitor, `,"email":"visitor@example.com"`)).Code)
	require.Empty(t, w.sessions(visitor))
	detail, raw := w.stored("1")
	require.Equal(t, "visitor@example.com", detail["email"])
	require.Empty(t, raw)
}

// A view that is not stored gets no number, so it does not count for its address.
func TestM10_ViewsThatAreNotStoredSpendNoQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := pooled(w, 5)
	limited(w, usual)
	p.see(view("1", "visitor-0123456789-x", `,"storage":"memory"`)) // one number of two
	accept := modeltest.RefuseInserts(t, w.dsn, "assignments")
	for who := range 8 { // more than the quotas of a pool, and of browsers that store nothing
		body := view(fmt.Sprint("failed-", who), fmt.Sprintf("visitor-0123456789-%d", who), `,"storage":"memory"`)
		require.GreaterOrEqual(t, p.post("views", body).Code, 500)
	}
	accept()
	require.Equal(t, 1, p.taken(20, 3, `,"storage":"memory"`), "the other number of two")
}
