package bench_test

import (
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// BenchmarkIntake measures the leads that are accepted per second on a PostgreSQL with fsync by
// 32 posters, and the answer's p99 at 1,000 a second, with the load and the database on the
// same machine.
func BenchmarkIntake(b *testing.B) {
	for _, engine := range []struct{ name, closed, even string }{
		{"Temporal away", ">= 4,000/s", "1,000/s, p99 <= 50 ms"},
		{"everything running", ">= 1,500/s", "1,000/s, p99 <= 100 ms"},
	} {
		b.Run(engine.name, func(b *testing.B) {
			s, cluster := newDurableStack(b)
			if engine.name == "Temporal away" {
				s.Temporal.Kill()
			}
			for n := range b.N {
				s.answers(b, cluster, "intake at 1,000/s, "+engine.name, engine.even, fmt.Sprint("even-", n), func(post func(i int)) { atPace(1000, 10*time.Second, post) })
				s.answers(b, cluster, "intake of 32 posters, "+engine.name, engine.closed, fmt.Sprint("closed-", n), func(post func(i int)) { inParallel(10_000, 32, post) })
			}
		})
	}
}

// newDurableStack starts the service on a PostgreSQL that writes each commit to the disk.
func newDurableStack(b *testing.B) (stack, *harness.Postgres) {
	b.Helper()
	b.Setenv("PG_FSYNC", "on")
	dsn, cluster := harness.NewDatabase(b, "postgres")
	return stackOn(b, dsn), cluster
}

// answers posts leads as the given function asks, and reports how many were accepted per
// second, how long the answers took, and what each lead cost.
func (s stack) answers(b *testing.B, cluster *harness.Postgres, what, goal, name string, postAll func(post func(i int))) {
	b.Helper()
	var mu sync.Mutex
	var took []time.Duration
	used := func() [3]time.Duration {
		return [...]time.Duration{harness.CPU(b, s.Service.PID()), harness.CPU(b, cluster.PID()), ownCPU(b)}
	}
	before, began := used(), time.Now()
	postAll(func(i int) {
		from := time.Now()
		s.post(b, s.leads, leadOf(fmt.Sprintf("%s-%d", name, i), i))
		d := time.Since(from)
		mu.Lock()
		defer mu.Unlock()
		took = append(took, d)
	})
	lasted := time.Since(began)
	var each [3]string
	for i, after := range used() {
		each[i] = ((after - before[i]) / time.Duration(len(took))).Round(10 * time.Microsecond).String()
	}
	report(row{what, fmt.Sprintf("%.0f/s, p50 %s, p99 %s", float64(len(took))/lasted.Seconds(), ms(percentile(took, 50)), ms(percentile(took, 99))), "", "", goal})
	report(row{"CPU of each lead, " + what, fmt.Sprintf("service %s, PostgreSQL %s, load %s", each[0], each[1], each[2]), "", "", ""})
}

// ownCPU returns the processor time that this process has used so far.
func ownCPU(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// areaCodes are area codes with 100 sample numbers each.
var areaCodes = strings.Fields(`201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240
	248 251 252 253 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 320 321 323
	325 330 331 334 336 337 339 347 351 352 360 361 385 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419 423 424 425 430
	432 434 435 440 443 501 502 503 504`)

// leadOf is the lead of a person of its own. Leads of one person are computed together by
// what runs beside the intake, so that many of them would measure that.
func leadOf(id string, person int) harness.JSON {
	return harness.JSON{
		"external_id": id, "phone": fmt.Sprintf("+1%s55501%02d", areaCodes[person/100%len(areaCodes)], person%100),
		"visitor_ids": harness.JSON{"rtbhouse": "sample-visitor-" + id},
	}
}
