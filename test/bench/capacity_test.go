package bench_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// cost is what one of something costs: seconds of the processor of each part, and bytes of
// each PostgreSQL.
type cost struct {
	processor      map[string]float64
	stored, logged map[string]float64
}

const roundsOfCapacity = 3

// The things whose costs are measured, in the order of the tables.
const (
	leadThing    = "leads"
	callThing    = "calls with two events"
	viewThing    = "page views of a session that continues"
	sessionThing = "page views that begin a session"
)

var allThings = []string{leadThing, callThing, viewThing, sessionThing}

// capacity is a running service whose costs are measured.
type capacity struct {
	*parts
	things map[string]thing
	sent   int // of all things
}

// thing is something that is reported many times.
type thing struct {
	count int
	do    func(number int)
	sends bool // to the destination, once
}

// BenchmarkCapacity measures what leads, calls and page views cost each part, in a closed loop
// in which all cores are busy, and prints the tables of docs/operators.md.
func BenchmarkCapacity(b *testing.B) {
	c := newCapacity(b)
	for range b.N {
		costs := map[string][]cost{}
		for round := range roundsOfCapacity + 1 { // the first warms up
			for _, name := range allThings {
				before := c.work(b)
				c.report(b, name)
				if round > 0 {
					costs[name] = append(costs[name], c.work(b).since(before).of(c.things[name].count))
				}
			}
		}
		all := map[string]cost{}
		for _, name := range allThings {
			m := medians(costs[name])
			m.stored = c.stored(b, name)
			all[name] = m
		}
		printCapacity(all)
	}
}

func newCapacity(b *testing.B) *capacity {
	b.Helper()
	const visitors = 500
	p := newParts(b, unlimited...)
	shop := shopOf(p.Stack, 0)
	calls := strings.TrimSuffix(p.leads, "leads") + "calls/"
	view := func(visitor, number int) { shop.view(b, fmt.Sprintf("%08d", visitor), fmt.Sprintf("%08d", number)) }
	return &capacity{parts: p, things: map[string]thing{
		leadThing:    {count: 600, do: func(number int) { p.reportLead(b, number) }, sends: true},
		callThing:    {count: 300, do: func(number int) { p.reportCall(b, calls, number) }, sends: true},
		viewThing:    {count: 4000, do: func(number int) { view(number%visitors, number) }},
		sessionThing: {count: 4000, do: func(number int) { view(number+visitors, number) }},
	}}
}

// report reports things, 16 at a time, and waits until all that follows is done.
func (c *capacity) report(b *testing.B, name string) {
	b.Helper()
	t, hits := c.things[name], len(c.dest.Hits("ok"))
	inParallel(t.count, 16, func(i int) { t.do(c.sent + i) })
	c.sent += t.count
	if t.sends {
		c.dest.WaitHits(b, "ok", hits+t.count, 5*time.Minute)
	}
	c.calm(b, 2*time.Minute)
}

// stored returns how many bytes one of a thing leaves in the databases, by part.
func (c *capacity) stored(b *testing.B, name string) map[string]float64 {
	b.Helper()
	compact := func() work {
		harness.Exec(b, c.Database(), "VACUUM FULL")
		for _, database := range []string{"temporal", "temporal_visibility"} {
			harness.Exec(b, c.engine.DSNOf(database), "VACUUM FULL")
		}
		return c.work(b)
	}
	before := compact()
	c.report(b, name)
	return compact().since(before).of(c.things[name].count).stored
}

// reportLead reports the lead with a number, of a person of its own.
func (p *parts) reportLead(b *testing.B, number int) {
	body := lead(fmt.Sprint("lead-", number))
	body["phone"], body["visitor_ids"] = caller(number), harness.JSON{"rtbhouse": fmt.Sprint("sample-visitor-", number)}
	if status, out, err := p.api.Try(http.MethodPost, p.leads, body); err != nil || status != http.StatusAccepted {
		b.Errorf("accepting a lead: %d %v %v", status, out, err)
	}
}

// reportCall reports the start and the end of the call with a number.
func (p *parts) reportCall(b *testing.B, path string, number int) {
	began := time.Now().Add(-time.Minute)
	for _, event := range []harness.JSON{
		{"event_id": "e1", "type": "started", "at": began.Format(time.RFC3339), "caller": caller(number), "visitor_ids": harness.JSON{"rtbhouse": fmt.Sprint("sample-visitor-", number)}},
		{"event_id": "e2", "type": "ended", "at": began.Add(40 * time.Second).Format(time.RFC3339), "outcome": "answered", "talk_seconds": 30},
	} {
		if status, out, err := p.api.Try(http.MethodPost, fmt.Sprintf("%scall-%d/events", path, number), event); err != nil || status/100 != 2 {
			b.Errorf("accepting an event: %d %v %v", status, out, err)
		}
	}
}

// of returns the cost of one of n.
func (w work) of(n int) cost {
	c := cost{processor: map[string]float64{}, stored: map[string]float64{}, logged: map[string]float64{}}
	for part, used := range w.processor {
		c.processor[part] = used.Seconds() / float64(n)
	}
	for part, d := range w.databases {
		c.stored[part], c.logged[part] = float64(d.stored)/float64(n), float64(d.logged)/float64(n)
	}
	return c
}

// medians returns the medians of costs.
func medians(costs []cost) cost {
	each := func(of func(c cost) map[string]float64) map[string]float64 {
		all := map[string][]float64{}
		for _, c := range costs {
			for part, value := range of(c) {
				all[part] = append(all[part], value)
			}
		}
		m := map[string]float64{}
		for part, values := range all {
			m[part] = median(values)
		}
		return m
	}
	return cost{
		processor: each(func(c cost) map[string]float64 { return c.processor }),
		stored:    each(func(c cost) map[string]float64 { return c.stored }),
		logged:    each(func(c cost) map[string]float64 { return c.logged }),
	}
}
