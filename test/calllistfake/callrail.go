package calllistfake

import (
	"net/http"
	"slices"
	"time"
)

// callRailPage is the largest page of CallRail's API.
const callRailPage = 250

// callRail answers as CallRail's API does.
func (s *Server) callRail(r *http.Request) (answer, bool) {
	if r.URL.Path != "/v3/a/"+Account+"/calls.json" {
		return answer{}, false
	}
	if r.Header.Get("Authorization") != `Token token="`+Key+`"` {
		return failure(http.StatusUnauthorized), true
	}
	q := r.URL.Query()
	calls, ok := s.between(time.DateOnly, q.Get("start_date"), q.Get("end_date"))
	if !ok || q.Get("sort") != "" && q.Get("sort") != "start_time" {
		return failure(http.StatusBadRequest), true
	}
	if q.Get("order") != "asc" {
		slices.Reverse(calls)
	}
	p := s.pageOf(calls, q.Get("page"), q.Get("per_page"), callRailPage)
	listed := []any{}
	for _, call := range p.calls {
		listed = append(listed, s.callRailCall(call))
	}
	return answer{status: http.StatusOK, body: map[string]any{
		"page": p.page, "per_page": p.size, "total_pages": p.pages, "total_records": p.total, "calls": listed,
	}}, true
}

func (s *Server) callRailCall(c Call) map[string]any {
	kind := "missed"
	if c.Answered {
		kind = "answered"
	}
	tags := []any{}
	for i, tag := range c.Tags {
		tags = append(tags, map[string]any{"id": i + 1, "name": tag, "color": "gray1"})
	}
	seconds := c.Seconds
	if c.GoesOn {
		kind, seconds = "missed", 0
	}
	return map[string]any{
		"id": c.ID, "start_time": c.At.In(s.zone()).Format("2006-01-02T15:04:05.000-07:00"), "duration": seconds,
		"answered": c.Answered && !c.GoesOn, "voicemail": false, "call_type": kind, "direction": "inbound",
		"customer_phone_number": c.Caller, "tracking_phone_number": "+12025550100", "business_phone_number": "+12025550101",
		"customer_name": "SAMPLE CALLER", "source": "Google Ads", "utm_source": "google", "utm_medium": "cpc",
		"landing_page_url": "https://www.example.com/", "tags": tags,
	}
}
