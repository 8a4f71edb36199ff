package bench_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/http"
	"os"
	"slices"
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

// BenchmarkCapacity measures what leads, calls and page views cost each part, in a closed loop
// in which both cores are busy, and prints the tables of docs/operators.md.
func BenchmarkCapacity(b *testing.B) {
	const leads, calls, views, visitors = 600, 300, 4000, 500
	p := newParts(b, unlimited...)
	shop := shopOf(p.Stack, 0)
	events := strings.TrimSuffix(p.leads, "leads") + "calls/"
	sent := 0
	numbered := func(do func(number int)) func(i int) {
		from := sent
		return func(i int) { do(from + i) }
	}
	view := func(visitor func(number int) int) func(number int) {
		return func(number int) { shop.view(b, fmt.Sprintf("%08d", visitor(number)), fmt.Sprintf("%08d", number)) }
	}
	things := []struct {
		name  string
		n     int
		do    func(number int)
		hits  int // requests to the destination of each
		costs []cost
	}{
		{name: leadThing, n: leads, hits: 1, do: func(number int) { p.reportLead(b, number) }},
		{name: callThing, n: calls, hits: 1, do: func(number int) { p.reportCall(b, events, number) }},
		{name: viewThing, n: views, do: view(func(number int) int { return number % visitors })},
		{name: sessionThing, n: views, do: view(func(number int) int { return number + visitors })},
	}
	for round := range b.N*roundsOfCapacity + 1 { // the first warms up
		for i := range things {
			t := &things[i]
			before, hits := p.work(b), len(p.dest.Hits("ok"))
			inParallel(t.n, 16, numbered(t.do))
			sent += t.n
			p.dest.WaitHits(b, "ok", hits+t.n*t.hits, 5*time.Minute)
			p.calm(b, 2*time.Minute)
			if round > 0 {
				t.costs = append(t.costs, p.work(b).since(before).of(t.n))
			}
		}
	}
	all := map[string]cost{}
	for _, t := range things {
		all[t.name] = medians(t.costs)
	}
	printCapacity(all)
}

// The things whose costs are measured, in the order of the tables.
const (
	leadThing    = "leads"
	callThing    = "calls with two events"
	viewThing    = "page views of a session that continues"
	sessionThing = "page views that begin a session"
)

var allThings = []string{leadThing, callThing, viewThing, sessionThing}

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

// printCapacity prints the tables as Markdown.
func printCapacity(costs map[string]cost) {
	printf := func(format string, values ...any) { fmt.Fprintf(os.Stdout, format, values...) }
	head := func(first string, names ...string) {
		printf("\n| %s | %s |\n|%s\n", first, strings.Join(names, " | "), strings.Repeat(" --- |", len(names)+1))
	}
	head("CPU seconds of 1,000", append(allParts, "all")...)
	for _, thing := range allThings {
		printf("| %s |", thing)
		sum := 0.0
		for _, part := range allParts {
			sum += costs[thing].processor[part]
			printf(" %.1f |", 1000*costs[thing].processor[part])
		}
		printf(" %.1f |\n", 1000*sum)
	}
	head("one core carries, per second", allParts...)
	for _, thing := range allThings {
		printf("| %s |", thing)
		for _, part := range allParts {
			printf(" %s |", carried(costs[thing].processor[part]))
		}
		printf("\n")
	}
	head("kB of one", "Ringback's database", "its log", "Temporal's database", "its log")
	for _, thing := range allThings {
		c := costs[thing]
		printf("| %s |", thing)
		for _, bytes := range []float64{c.stored[ownPart], c.logged[ownPart], c.stored[enginePart], c.logged[enginePart]} {
			printf(" %.1f |", max(0, bytes)/1000)
		}
		printf("\n")
	}
	printf("\nOf the CPU of a mix, %s.\n", strings.Join(partsOfMix(costs), ", "))
	head("conversions per second (computed)", layoutColumns...)
	for _, perSecond := range []float64{10, 100, 1000} {
		printf("| %.0f | %s |\n", perSecond, strings.Join(layoutFor(perSecond, costs), " | "))
	}
}

// carried returns how many a core carries of what takes so many seconds of it.
func carried(seconds float64) string {
	if seconds < 5e-5 { // which is 0.0 in the table of costs
		return "any"
	}
	return fmt.Sprintf("%.0f", 1/seconds)
}

// What the computed layouts are for: of the conversions, half are leads and half are calls,
// with so many page views for each, of which one of ten begins a session. A core is half busy.
const (
	viewsEach    = 30
	sessionsEach = 3
	busy         = 0.5
)

var layoutColumns = []string{
	webPart, workerPart, ownPart + ", cores", temporalPart + ", cores", "store of Temporal, cores", "shards", "pooler", "database per day", "its log, MB/s",
}

// ofMix returns what one conversion costs, with its page views.
func ofMix(costs map[string]cost, of func(c cost) float64) float64 {
	return of(costs[leadThing])/2 + of(costs[callThing])/2 + (viewsEach-sessionsEach)*of(costs[viewThing]) + sessionsEach*of(costs[sessionThing])
}

// partsOfMix returns how much of the processor time each part uses, the most first: this is
// what has to grow first.
func partsOfMix(costs map[string]cost) []string {
	shares, sum := map[string]float64{}, 0.0
	for _, part := range allParts {
		shares[part] = ofMix(costs, func(c cost) float64 { return c.processor[part] })
		sum += shares[part]
	}
	ordered := slices.SortedFunc(maps.Keys(shares), func(a, b string) int { return cmp.Compare(shares[b], shares[a]) })
	for i, part := range ordered {
		ordered[i] = fmt.Sprintf("%s uses %.0f %%", part, 100*shares[part]/sum)
	}
	return ordered
}

// layoutFor returns what so many conversions per second need.
func layoutFor(perSecond float64, costs map[string]cost) []string {
	sum := func(of func(c cost) float64) float64 { return perSecond * ofMix(costs, of) }
	cores := map[string]float64{}
	for _, part := range allParts {
		cores[part] = sum(func(c cost) float64 { return c.processor[part] }) / busy
	}
	web, worker := processes(cores[webPart]), processes(cores[workerPart])
	return []string{
		fmt.Sprintf("%d of 2 cores", web), fmt.Sprintf("%d of 2 cores", worker), whole(cores[ownPart]), whole(cores[temporalPart]),
		store(cores[enginePart]), fmt.Sprint(shards(perSecond)), pooler(web*webConnections + worker*workerConnections),
		fmt.Sprintf("%.0f GB", sum(func(c cost) float64 { return max(0, c.stored[ownPart]) })*86400/1e9),
		fmt.Sprintf("%.1f", sum(func(c cost) float64 { return c.logged[ownPart] })/1e6),
	}
}

// processes returns how many processes of two cores have so many cores; at least two, so that
// one may end.
func processes(cores float64) int { return max(2, int(math.Ceil(cores/2))) }

func whole(cores float64) string { return fmt.Sprintf("%.0f", max(1, math.Ceil(cores))) }

// store returns which store of Temporal has so many cores: one PostgreSQL as long as there are
// usual machines for it, and Cassandra beyond that.
func store(cores float64) string {
	const largest = 32
	if cores > largest {
		return fmt.Sprintf("Cassandra; one PostgreSQL would need %s", whole(cores))
	}
	return "PostgreSQL, " + whole(cores)
}

// shards returns how many shards Temporal needs, as a power of two: each writes one thing after the other, and
// is to have no more than two conversions per second.
func shards(perSecond float64) int {
	n := 16
	for float64(n) < perSecond/2 {
		n *= 2
	}
	return n
}

// What processes open at most by default, and what PostgreSQL has by default without those
// that it keeps for superusers.
const (
	webConnections    = 16
	workerConnections = 9
	ownConnections    = 97
)

func pooler(connections int) string {
	if connections > ownConnections {
		return fmt.Sprintf("yes, for %d connections", connections)
	}
	return fmt.Sprintf("no, %d connections", connections)
}
