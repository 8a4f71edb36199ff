package bench_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"ringback/test/e2e/harness"
)

// How many visits the busiest person has, each reported with a lead, and how many visits were
// shown the busiest number within a year.
const (
	visitsOfBusiest = 100_000
	showsOfBusiest  = 19_000
)

// busySite is a site with a person who has sent very many leads, and with a number that very
// many visits were shown. Both deliver what they send to one destination.
type busySite struct {
	sizedSite
	path            string
	busiest, seldom string // ids of numbers of a pool
}

// The people and the numbers of a busySite.
const (
	busiestPerson = "+12125550101"
	busiestNumber = "+12125550111"
	seldomNumber  = "+12125550112"
)

// newBusySite makes such a site, of which nothing is known yet.
func (s sizedSite) newBusySite() busySite {
	return busySite{sizedSite: s, path: strings.TrimSuffix(s.stack.site("/ok"), "/leads")}
}

// fill makes a person and a number of the site busy.
func (s *busySite) fill() {
	s.b.Helper()
	pool := s.api.Must(http.MethodPost, s.path+"/pools", harness.JSON{"name": "Sample pool", "replaces": []string{"+12025550100"}})["id"].(string)
	s.api.Must(http.MethodPost, s.path+"/pools/"+pool+"/numbers", harness.JSON{"numbers": []string{busiestNumber, seldomNumber}})
	ids := map[string]string{}
	for _, n := range s.api.Must(http.MethodGet, s.path+"/numbers", nil)["items"].([]any) {
		ids[n.(harness.JSON)["number"].(string)] = n.(harness.JSON)["id"].(string)
	}
	s.busiest, s.seldom = ids[busiestNumber], ids[seldomNumber]

	first, _ := s.post(s.b, s.path+"/leads", s.leadOf(busiestPerson, "busiest"))
	s.api.WaitConversion(first, time.Minute, harness.Done)
	s.fillPerson(first)
	s.fillNumber(s.busiest, pool, showsOfBusiest)
	s.fillNumber(s.seldom, pool, 1)
	s.run("VACUUM ANALYZE conversions, visits, visit_visitors, assignments")
}

// leadOf returns a lead that reports a visit of its own.
func (s busySite) leadOf(phone, id string) harness.JSON {
	return harness.JSON{
		"external_id": id, "phone": phone, "visitor_ids": harness.JSON{"rtbhouse": "sample-visitor-" + id},
		"traffic": harness.JSON{"source": "google", "medium": "cpc"},
	}
}

// fillPerson copies a lead with its visit, one each five minutes before it.
func (s busySite) fillPerson(lead string) {
	s.b.Helper()
	ids := "'id', %s, 'external_id', 'busy-' || g, 'workflow_id', 'busy-' || g"
	cnv, visit := "'cnv_busy' || lpad(g::text, 20, '0')", "'vst_busy' || lpad(g::text, 20, '0')"
	copies := func(table, where, changed string) string {
		return fmt.Sprintf(`SET session_replication_role = replica; INSERT INTO %[1]s SELECT copy.* FROM (SELECT o AS r FROM %[1]s o WHERE %[2]s LIMIT 1) original,
			generate_series(1, %[4]d) g, LATERAL jsonb_populate_record(r, jsonb_build_object(%[3]s)) AS copy; SET session_replication_role = origin`, table, where, changed, visitsOfBusiest)
	}
	of := "conversion_id = '" + lead + "'"
	s.runAll([]string{
		copies("conversions", "id = '"+lead+"'", fmt.Sprintf(ids, cnv)+", 'at', (r).at - g * interval '5 minutes'"),
		copies("visits", of, "'id', "+visit+", 'conversion_id', "+cnv+", 'at', (r).at - g * interval '5 minutes'"),
		copies("visit_visitors", "visit_id IN (SELECT id FROM visits WHERE "+of+")", "'visit_id', "+visit+", 'visitor_id', 'sample-visitor-busy-' || g, 'at', (r).at - g * interval '5 minutes'"),
	})
}

// fillNumber adds visits of a year that were shown a number, the newest an hour ago.
func (s busySite) fillNumber(number, pool string, shows int) {
	s.b.Helper()
	site := strings.TrimPrefix(s.path, "/api/v1/sites/")
	at := fmt.Sprintf("now() - interval '1 hour' - g * interval '365 days' / %d", shows)
	s.run(fmt.Sprintf(`SET session_replication_role = replica; INSERT INTO assignments (id, site_id, number_id, pool_id, session_id, visitor_id, held_from, held_until)
		SELECT 'asg_busy%[1]s' || g, '%[2]s', '%[1]s', '%[3]s', 'ses_%[1]s' || g, 'vst_%[1]s' || g, %[4]s, %[4]s + interval '30 minutes' FROM generate_series(0, %[5]d) g;
		SET session_replication_role = origin`, number, site, pool, at, shows-1))
}

// took returns the median of how long what a function posts takes from the request to the
// destination. The function posts one call or lead, and returns its id.
func (s busySite) took(post func(i int) string) time.Duration {
	s.b.Helper()
	var all []time.Duration
	for i := range 24 { // from the sixth on, PostgreSQL may use a plan that does not depend on the values
		before, began := len(s.dest.Hits("ok")), time.Now()
		post(i)
		hits := s.dest.WaitHits(s.b, "ok", before+1, time.Minute)
		all = append(all, hits[before].At.Sub(began))
	}
	return percentile(all[4:], 50)
}

// lead reports a lead of a person.
func (s busySite) lead(phone, id string) string {
	conversion, _ := s.post(s.b, s.path+"/leads", s.leadOf(phone, id))
	return conversion
}

// call reports a call to a number that is over.
func (s busySite) call(number, id string) string {
	at := time.Now().UTC()
	event := func(kind string) string {
		return s.api.Must(http.MethodPost, s.path+"/calls/"+id+"/events", harness.JSON{
			"event_id": kind, "type": kind, "at": at.Format(time.RFC3339), "caller": stranger(), "tracking_number": number,
		})["conversion_id"].(string)
	}
	event("started")
	return event("ended")
}

// stranger returns the phone number of a person who has reported nothing.
func stranger() string { return lead("")["phone"].(string) }

// report reports how long the busiest person and number take, compared with others.
func (s busySite) report(round int) {
	s.b.Helper()
	named := func(name string, i int) string { return fmt.Sprintf("%s-%d-%d", name, round, i) }
	alone := s.took(func(i int) string { return s.lead(stranger(), named("stranger", i)) })
	busiest := s.took(func(i int) string { return s.lead(busiestPerson, named("busiest", i)) })
	report(row{fmt.Sprintf("at size: a lead of a person with %d leads and visits, p50", visitsOfBusiest), ms(busiest), ms(alone) + " of a stranger", fmt.Sprintf("%.1f", float64(busiest)/float64(alone)), ""})
	alone = s.took(func(i int) string { return s.call(seldomNumber, named("seldom", i)) })
	busiest = s.took(func(i int) string { return s.call(busiestNumber, named("often", i)) })
	report(row{fmt.Sprintf("at size: a call to a number that %d visits were shown, p50", showsOfBusiest), ms(busiest), ms(alone) + " to one that was shown once", fmt.Sprintf("%.1f", float64(busiest)/float64(alone)), ""})
	for name, number := range map[string]string{"the busiest number": s.busiest, "a number that was shown once": s.seldom} {
		var all []time.Duration
		for range 12 {
			began := time.Now()
			s.api.Must(http.MethodGet, s.path+"/numbers/"+number+"/assignments", nil)
			all = append(all, time.Since(began))
		}
		report(row{"at size: who was shown " + name, ms(percentile(all, 50)), "", "", "p50 <= 100 ms"})
	}
}
