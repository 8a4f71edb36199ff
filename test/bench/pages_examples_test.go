package bench_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// exampleCampaign is the campaign of the visits of the examples. Each copy has another one.
const exampleCampaign = "sample campaign"

// pagesSite is a site with calls and leads of each kind, which the real service has decided
// on and delivered. They are the examples that are copied.
type pagesSite struct {
	reportsSite
	dest     *harness.Destination
	script   *harness.Script
	examples []string // the ids of the calls and leads
}

// path returns a path of the API below that of the site.
func (s *pagesSite) path(rest string) string { return "/api/v1/sites/" + s.id + rest }

// setUp makes the site with two integrations and a pool of numbers.
func (s *pagesSite) setUp() {
	api := s.API()
	s.id = api.Site(harness.JSON{"domains": []string{"shop.example"}, "target_call_seconds": 30})
	api.Webhook(s.id, s.dest.URL+"/ok", harness.JSON{"calls": harness.JSON{"metrics": []string{"all"}, "tags": harness.JSON{"none": []string{"spam"}}}})
	api.RTBHouse(s.id, s.dest.URL+"/404", harness.JSON{"calls": harness.JSON{"metrics": []string{"target"}, "tags": harness.JSON{"any": []string{"vip"}}}})
	pool := api.Must("POST", s.path("/pools"), harness.JSON{"name": "Sample pool", "replaces": []string{"+12025550100"}})
	api.Must("POST", s.path("/pools/"+pool["id"].(string)+"/numbers"), harness.JSON{"numbers": sampleNumbers(100)})
	s.script = s.NewScript(api.Must("GET", s.path("/script"), nil)["script_url"].(string), shopOrigin)
}

// visit posts three page views of a visitor from an ad, and returns the number shown.
func (s *pagesSite) visit(b *testing.B, visitor string) string {
	b.Helper()
	var number string
	for n, page := range []string{"/?utm_source=google&utm_medium=cpc&utm_campaign=" + strings.ReplaceAll(exampleCampaign, " ", "+"), "/prices", "/contact"} {
		status, answer := s.script.Post("views", harness.JSON{
			"id": fmt.Sprintf("sample-hit-%s-%06d", visitor, n), "visitor": visitor, "ago": 0, "kind": "navigate", "url": shopOrigin + page, "storage": "cookie", "version": "00000000",
		})
		if status != http.StatusOK {
			b.Fatalf("a page view: %d %v", status, answer)
		}
		if shown, is := answer["numbers"].(harness.JSON)["12025550100"].([]any); is {
			number = "+" + shown[0].(string)
		}
	}
	return number
}

// call reports a call, and waits until everything about it is done.
func (s *pagesSite) call(name, called, caller string, end harness.JSON, late ...string) {
	api, events := s.API(), s.path("/calls/"+name+"/events")
	began := time.Now().UTC()
	first := harness.JSON{"event_id": "e1", "type": "started", "at": began.Format(time.RFC3339Nano), "tracking_number": called, "visitor_ids": harness.JSON{"rtbhouse": "sample-visitor"}}
	if caller != "" {
		first["caller"] = caller
	}
	id := api.Must("POST", events, first)["conversion_id"].(string)
	last := harness.JSON{"event_id": "e2", "type": "ended", "at": began.Add(time.Minute).Format(time.RFC3339Nano)}
	for field, value := range end {
		last[field] = value
	}
	api.Must("POST", events, last)
	api.WaitConversion(id, time.Minute, harness.Done)
	for n, tag := range late {
		api.Must("POST", events, harness.JSON{"event_id": fmt.Sprint("late-", n), "type": "tagged", "at": began.Add(2 * time.Minute).Format(time.RFC3339Nano), "tags": []string{tag}})
	}
	s.examples = append(s.examples, id)
}

// lead posts a lead by the script, and waits until everything about it is done.
func (s *pagesSite) lead(b *testing.B, visitor string) {
	b.Helper()
	status, answer := s.script.Post("leads", harness.JSON{
		"id": "sample-lead-" + visitor, "visitor": visitor, "ago": 0, "url": shopOrigin + "/contact", "form": "contact",
		"fields": []harness.JSON{
			{"name": "tel", "type": "tel", "autocomplete": "", "value": "(202) 555-0126"}, {"name": "email", "type": "email", "autocomplete": "email", "value": "visitor@example.com"},
		},
	})
	if status != http.StatusAccepted {
		b.Fatalf("a lead: %d %v", status, answer)
	}
	id := s.API().Must("GET", s.path("/conversions?kind=lead"), nil)["items"].([]any)[0].(harness.JSON)["id"].(string)
	s.API().WaitConversion(id, time.Minute, harness.Done)
	s.examples = append(s.examples, id)
}

// makeExamples reports what is copied. Calls of visitors are the most frequent.
func (s *pagesSite) makeExamples(b *testing.B) {
	b.Helper()
	answered := func(talk int, tags ...string) harness.JSON {
		return harness.JSON{"outcome": "answered", "talk_seconds": talk, "wait_seconds": 8, "tags": tags}
	}
	s.call("sent", s.visit(b, "sample-visitor-000001"), "+12025550121", answered(45, "sales"))
	s.call("skipped", s.visit(b, "sample-visitor-000002"), "+12025550122", answered(12, "support"))
	s.call("missed", "+12025550177", "+12025550123", harness.JSON{"outcome": "missed", "wait_seconds": 20})
	s.lead(b, s.visitor(b, "sample-visitor-000003"))
	s.call("failed", s.visit(b, "sample-visitor-000004"), "+12025550124", answered(80, "vip"))
	s.call("nowhere", "+12025550177", "", answered(5, "spam"))
	s.call("late", s.visit(b, "sample-visitor-000005"), "+12025550125", answered(33, "support"), "sales")
	s.call("again", s.visit(b, "sample-visitor-000006"), "+12025550121", answered(300, "sales"))
}

// visitor makes a visit, and returns the visitor.
func (s *pagesSite) visitor(b *testing.B, visitor string) string {
	b.Helper()
	s.visit(b, visitor)
	return visitor
}
