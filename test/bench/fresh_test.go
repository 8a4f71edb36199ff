package bench_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// leadsToday returns how many leads of today whose decision is made are in the overview.
func (s stack) leadsToday(path string) float64 {
	_, out, err := s.api.Try(http.MethodGet, path, nil)
	if err != nil {
		return -1
	}
	total, _ := out["total"].(harness.JSON)
	figures, _ := total["figures"].(harness.JSON)
	figure, _ := figures["unique_leads"].(harness.JSON)
	value, _ := figure["value"].(float64)
	return value
}

// BenchmarkReportFreshness measures the time from the end of a lead's processing until the
// overview of today counts it.
func BenchmarkReportFreshness(b *testing.B) {
	for _, kind := range harness.Databases {
		b.Run(kind, func(b *testing.B) {
			s := newStack(b, kind)
			path := s.leads[:len(s.leads)-len("leads")] + "reports/overview?period=today"
			var took []time.Duration
			for range b.N {
				for range 20 {
					n := len(took)
					status, out, err := s.api.Try(http.MethodPost, s.leads, harness.JSON{
						"external_id": fmt.Sprint("fresh-", n), "phone": fmt.Sprintf("+120255501%02d", n), "visitor_ids": harness.JSON{"rtbhouse": "sample-visitor"},
					})
					if err != nil || status != http.StatusAccepted {
						b.Fatalf("accepting a lead: %d %v %v", status, out, err)
					}
					s.api.WaitConversion(out["conversion_id"].(string), time.Minute, harness.Done)
					began := time.Now()
					s.api.WaitFor("the lead in the report", time.Minute, func() bool { return s.leadsToday(path) == float64(n+1) }, func() string { return fmt.Sprint(s.leadsToday(path)) })
					took = append(took, time.Since(began))
				}
			}
			report(row{"end of a lead's processing to its report, " + kind, fmt.Sprintf("p50 %s, worst %s", ms(percentile(took, 50)), ms(percentile(took, 100))), "", "", "worst <= 5 s"})
		})
	}
}

// withoutReports has PostgreSQL leave out the marks of what reports count. Without them
// nothing is counted and added up, and the rest of what accepts a lead is the same.
const withoutReports = `
CREATE FUNCTION bench_leave_out() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER bench_leave_out BEFORE INSERT ON report_marks FOR EACH ROW EXECUTE FUNCTION bench_leave_out();
CREATE TRIGGER bench_leave_out BEFORE INSERT ON journey_marks FOR EACH ROW EXECUTE FUNCTION bench_leave_out();`

// BenchmarkIntakeWithReports measures the leads that are accepted per second on PostgreSQL
// while reports are counted, against the same without. Temporal is away. Goal: at least 0.8 of it.
func BenchmarkIntakeWithReports(b *testing.B) {
	s := newStack(b, "postgres")
	s.Temporal.Kill()
	f := openFiller(b, s.Database())
	f.run(withoutReports)
	sent := 0
	rate := func(counted bool) float64 {
		state := map[bool]string{true: "DISABLE", false: "ENABLE"}[counted]
		for _, table := range []string{"report_marks", "journey_marks"} {
			f.run("ALTER TABLE " + table + " " + state + " TRIGGER bench_leave_out")
		}
		const n = 3000
		began := time.Now()
		inParallel(n, 16, func(i int) { s.accept(b, s.leads, fmt.Sprint("reported-", sent+i)) })
		sent += n
		took := n / time.Since(began).Seconds()
		s.api.WaitFor("what is marked", time.Minute, func() bool { return f.texts("SELECT COUNT(*) FROM report_marks")[0] == "0" }, func() string { return "marks are left" })
		return took
	}
	rate(true) // warm up
	var with, without, ratios []float64
	for range b.N {
		for range 5 {
			with, without = append(with, rate(true)), append(without, rate(false))
			ratios = append(ratios, with[len(with)-1]/without[len(without)-1])
		}
	}
	report(row{"leads accepted per second with reports, against without", fmt.Sprintf("%.0f/s", median(with)), fmt.Sprintf("%.0f/s", median(without)), fmt.Sprintf("%.2f", median(ratios)), "ratio >= 0.8"})
}
