package bench_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// BenchmarkPreviewByAPI measures how many calls and leads of the last 30 days a preview judges
// per second on a site with many, by the API and in pages as long as those of the cabinet:
// with all of them shown, and with the counts alone.
func BenchmarkPreviewByAPI(b *testing.B) {
	s := newPagesSite(b)
	integration := s.texts("SELECT MIN(id) FROM integrations WHERE site_id = '" + s.id + "'")[0]
	for range b.N {
		for _, show := range []string{"none", "all"} {
			s.preview(show, s.path("/integrations/"+integration+"/preview"))
		}
	}
}

// preview tries settings on all pages, and reports the rate.
func (s *pagesSite) preview(show, path string) {
	body := harness.JSON{"days": 30, "credentials": harness.JSON{"signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, // a database that stays was filled with another key
		"limit": 500, "show": show, "calls": harness.JSON{"metrics": []string{"unique", "target"}, "tags": harness.JSON{"none": []string{"spam", "support"}}}}
	var pages []time.Duration
	began := time.Now()
	var judged float64
	for {
		asked := time.Now()
		answer := s.API().Must(http.MethodPost, path, body)
		pages, judged = append(pages, time.Since(asked)), answer["judged"].(float64)
		if body["cursor"] = answer["next_cursor"]; body["cursor"] == "" {
			break
		}
	}
	report(row{"preview of 30 days, " + show + " shown", fmt.Sprintf("%.0f calls and leads, %.0f/s; a page of 500: p50 %s, worst %s",
		judged, judged/time.Since(began).Seconds(), ms(percentile(pages, 50)), ms(percentile(pages, 100))), "", "", ">= 5,000/s"})
}
