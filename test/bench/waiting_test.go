package bench_test

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// waitingVariable lists how many calls wait for their end when BenchmarkWaiting measures, as in
// 0,2000,10000.
const waitingVariable = "RINGBACK_BENCH_WAITING"

// The numbers of BenchmarkWaiting. Prometheus reads the metrics four times a minute, so the
// benchmark does too.
const (
	idleFor      = 2 * time.Minute
	scrapeEvery  = 15 * time.Second
	endPerSecond = 10
	endFor       = 15 * time.Second
	burstOfEnds  = 1000
)

// waiting is a running service at which calls wait for their end.
type waiting struct {
	*parts
	calls   string // path
	started int
	ended   map[int]bool
}

// BenchmarkWaiting measures what calls cost that wait for their end: processor time and
// statements while nothing happens, memory, the time until a restarted service is ready, and
// how fast the calls go on when they end, while the worker still has them in memory and when it
// has to read them again. Goals: nothing that grows with their number but memory, of which the
// worker has at most 100 MB.
func BenchmarkWaiting(b *testing.B) {
	w := newWaiting(b)
	for range b.N {
		for text := range strings.SplitSeq(cmp.Or(os.Getenv(waitingVariable), "0,2000"), ",") {
			n, err := strconv.Atoi(text)
			if err != nil {
				b.Fatalf("%s must be numbers, as in 0,2000,10000", waitingVariable)
			}
			w.startTo(b, n)
			w.idle(b)
			if n > 0 {
				w.ends(b)
			}
		}
		w.restart(b)
	}
}

// newWaiting starts a service with a site whose calls are sent once they have ended.
func newWaiting(b *testing.B) *waiting {
	w := &waiting{parts: newParts(b), ended: map[int]bool{}}
	site := w.api.Site(harness.JSON{"max_call_minutes": 1440})
	w.api.Webhook(site, w.dest.URL+"/ok", harness.JSON{
		"calls": harness.JSON{"metrics": []string{"target"}}, "delivery": harness.JSON{"timeout_seconds": 30, "max_concurrent": 100},
	})
	w.calls = "/api/v1/sites/" + site + "/calls/"
	return w
}

// startTo has calls begin until so many wait, and waits until the workers have planned them.
func (w *waiting) startTo(b *testing.B, n int) {
	b.Helper()
	from, missing, before := w.started, n-w.started+len(w.ended), w.work(b)
	w.started += missing
	inParallel(missing, 16, func(i int) {
		w.event(b, from+i, harness.JSON{
			"event_id": "start", "type": "started", "at": time.Now().Format(time.RFC3339), "caller": caller(from + i),
			"visitor_ids": harness.JSON{"rtbhouse": fmt.Sprint("sample-visitor-", from+i)},
		})
	})
	w.calm(b, 4*time.Hour)
	if missing > 0 {
		done := w.work(b).since(before)
		b.Logf("%d calls began within %s: %s", missing, done.at.Sub(before.at).Round(time.Second), done.each(missing))
	}
}

// event reports an event of the call with a number, and returns the id of its conversion.
func (w *waiting) event(b *testing.B, call int, event harness.JSON) string {
	status, out, err := w.api.Try(http.MethodPost, fmt.Sprintf("%ssample-%d/events", w.calls, call), event)
	if err != nil || status/100 != 2 {
		b.Errorf("reporting an event: %d %v %v", status, out, err)
		return ""
	}
	return out["conversion_id"].(string)
}

// areaRanges are the first and last of area codes in which 555-0100 to 555-0199 are reserved for samples.
var areaRanges = [][2]int{
	{201, 203}, {205, 210}, {212, 219}, {301, 305}, {307, 310}, {312, 321}, {404, 410}, {412, 415}, {501, 505}, {507, 510}, {512, 518},
	{601, 603}, {605, 610}, {612, 620}, {701, 704}, {706, 708}, {712, 720}, {801, 806}, {812, 818}, {912, 920},
}

// caller returns the phone number of the caller of a call. There are 11,900, so that with
// 100,000 calls a person has nine.
func caller(call int) string {
	const each = 100
	numbers := 0
	for _, r := range areaRanges {
		numbers += (r[1] - r[0] + 1) * each
	}
	n := call % numbers
	for _, r := range areaRanges {
		if here := (r[1] - r[0] + 1) * each; n >= here {
			n -= here
			continue
		}
		return fmt.Sprintf("+1%d55501%02d", r[0]+n/each, n%each)
	}
	panic("no number")
}

// idle measures what the parts do while the calls only wait.
func (w *waiting) idle(b *testing.B) {
	b.Helper()
	before, took := w.work(b), w.took(b)
	for range int(idleFor / scrapeEvery) {
		<-time.After(scrapeEvery)
		w.metric(b, w.webOps, "")
		w.metric(b, w.workerOps, "")
	}
	done := w.work(b).since(before)
	b.Log("took longest in PostgreSQL of Ringback: ", longest(took, w.took(b)))
	what := fmt.Sprintf("%d calls wait: ", w.started-len(w.ended))
	tell(b, row{what + "processor time per minute", done.per(idleFor), "", "", "as with none"})
	tell(b, row{what + "statements per minute", done.databases[ownPart].perMinute() + "; Temporal " + done.databases[enginePart].perMinute(), "", "", "as with none"})
	tell(b, row{what + "memory", fmt.Sprintf("worker %s, its heap %s, goroutines %.0f; web %s, Temporal %s", mb(harness.Memory(b, w.worker.PID())), mb(int(w.metric(b, w.workerOps, "go_memstats_heap_inuse_bytes"))),
		w.metric(b, w.workerOps, "go_goroutines"), mb(harness.Memory(b, w.web.PID())), mb(harness.Memory(b, w.Temporal.PID()))), "", "", "worker <= 100 MB"})
}

// took returns how long Ringback's statements took in PostgreSQL so far, in milliseconds.
func (w *waiting) took(b *testing.B) map[string]float64 {
	b.Helper()
	took := map[string]float64{}
	for _, line := range w.counts[ownPart].texts(`SELECT sum(total_exec_time) || ' ' || left(regexp_replace(query, '\s+', ' ', 'g'), 150) FROM pg_stat_statements
		WHERE dbid <> (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY query`) {
		milliseconds, query, _ := strings.Cut(line, " ")
		value, err := strconv.ParseFloat(milliseconds, 64)
		if err != nil {
			b.Fatal(err)
		}
		took[query] += value
	}
	return took
}

// longest returns the statements that took longest between two times.
func longest(before, after map[string]float64) string {
	const most = 6
	queries := slices.SortedFunc(maps.Keys(after), func(a, b string) int { return cmp.Compare(after[b]-before[b], after[a]-before[a]) })
	var all []string
	for _, query := range queries[:min(most, len(queries))] {
		all = append(all, fmt.Sprintf("%.1f ms %s", after[query]-before[query], query))
	}
	return strings.Join(all, "; ")
}

// tell reports a row and logs it at once, because a run takes long.
func tell(b *testing.B, r row) {
	b.Helper()
	report(r)
	b.Logf("%s: %s", r.what, r.ringback)
}

func (d databaseWork) perMinute() string {
	return fmt.Sprintf("%.1f, executed in %s", float64(d.statements)/idleFor.Minutes(), ms(d.executed/(idleFor/time.Minute)))
}

func mb(bytes int) string { return fmt.Sprintf("%d MB", bytes>>20) }

// per returns the processor time of each part per minute.
func (w work) per(during time.Duration) string {
	var all []string
	for _, part := range allParts {
		all = append(all, fmt.Sprintf("%s %.2f s", part, w.processor[part].Seconds()/during.Minutes()))
	}
	return strings.Join(all, ", ")
}

// each returns the processor time of each part for one of n.
func (w work) each(n int) string {
	var all []string
	for _, part := range allParts {
		all = append(all, part+" "+ms(w.processor[part]/time.Duration(n)))
	}
	return strings.Join(all, ", ")
}

// metric reads the metrics of a process and returns the one with a name, or zero.
func (w *waiting) metric(b *testing.B, ops, name string) (value float64) {
	b.Helper()
	answer, err := http.Get(ops + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			_, _ = fmt.Sscan(rest, &value)
		}
	}
	return value
}

// ends has the newest calls end, which the worker has in memory, then as many of the oldest,
// and then a burst of the oldest.
func (w *waiting) ends(b *testing.B) {
	b.Helper()
	what := fmt.Sprintf("%d calls wait: ", w.started-len(w.ended))
	count := endPerSecond * int(endFor/time.Second)
	w.endSteadily(b, what+"the newest end", w.next(count, w.started-1, -1))
	w.endSteadily(b, what+"the oldest end", w.next(count, 0, 1))
	oldest := w.next(burstOfEnds, 0, 1)
	if len(oldest) < burstOfEnds {
		return
	}
	before := w.work(b)
	took := w.end(b, oldest, func(end func(i int)) { inParallel(burstOfEnds, 16, end) })
	last := time.Since(before.at)
	w.calm(b, 10*time.Minute)
	tell(b, row{what + fmt.Sprintf("%d of the oldest end at once", burstOfEnds), fmt.Sprintf("%.0f/s delivered, p50 %s; of each %s", burstOfEnds/last.Seconds(),
		ms(percentile(took, 50)), w.work(b).since(before).each(burstOfEnds)), "", "", ""})
}

// next returns this many calls that wait, from one on.
func (w *waiting) next(count, from, step int) (calls []int) {
	for call := from; call >= 0 && call < w.started && len(calls) < count; call += step {
		if !w.ended[call] {
			calls = append(calls, call)
		}
	}
	return calls
}

// endSteadily has calls end at an even pace.
func (w *waiting) endSteadily(b *testing.B, what string, calls []int) {
	b.Helper()
	before := w.work(b)
	took := w.end(b, calls, func(end func(i int)) { atPace(endPerSecond, endFor, end) })
	w.calm(b, time.Minute)
	tell(b, row{what + fmt.Sprintf(", %d a second", endPerSecond), fmt.Sprintf("p50 %s, p99 %s; of each %s", ms(percentile(took, 50)), ms(percentile(took, 99)), w.work(b).since(before).each(len(calls))), "", "", ""})
}

// end has calls end as the given function asks, and returns how long each took from the
// answer to the destination.
func (w *waiting) end(b *testing.B, calls []int, endAll func(end func(i int))) (took []time.Duration) {
	b.Helper()
	var mu sync.Mutex
	answered, before := map[string]time.Time{}, len(w.dest.Hits("ok"))
	endAll(func(i int) {
		id := w.event(b, calls[i], harness.JSON{"event_id": "end", "type": "ended", "at": time.Now().Format(time.RFC3339), "outcome": "answered", "talk_seconds": 40})
		at := time.Now()
		mu.Lock()
		defer mu.Unlock()
		answered[id] = at
	})
	for _, call := range calls {
		w.ended[call] = true
	}
	for _, hit := range w.dest.WaitHits(b, "ok", before+len(calls), 10*time.Minute)[before:] {
		took = append(took, max(0, hit.At.Sub(answered[hit.ID])))
	}
	return took
}

// restart kills web and workers while calls wait, and starts them again.
func (w *waiting) restart(b *testing.B) {
	b.Helper()
	what := fmt.Sprintf("%d calls wait, restart: ", w.started-len(w.ended))
	w.web.Kill()
	w.worker.Kill()
	web, worker := w.launch()
	tell(b, row{what + "ready", fmt.Sprintf("web %s, worker %s", ms(web), ms(worker)), "", "", "seconds"})
	w.endSteadily(b, what+"the oldest end at once", w.next(endPerSecond*int(endFor/time.Second), 0, 1))
	w.endSteadily(b, what+"the oldest end", w.next(endPerSecond*int(endFor/time.Second), 0, 1))
	w.idle(b)
}
