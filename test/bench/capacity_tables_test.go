package bench_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
)

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
	head("kB of one", "Ringback's database", "written to its log", "Temporal's database", "written to its log")
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
	if seconds < 1e-4 { // Temporal uses so much by itself
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
	webPart + ", processes", workerPart + ", processes", ownPart + ", cores", temporalPart + ", cores", "store of Temporal, cores", "shards", "pooler", "Ringback's database per day", "its log, MB/s",
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
