package calllistfake

import (
	"net/http"
	"slices"
	"time"
)

// callTrackingMetricsPage is the largest page of CallTrackingMetrics' API.
const callTrackingMetricsPage = 150

// callTrackingMetrics answers as the API of CallTrackingMetrics does. In which order it
// lists calls is unknown. Here the newest one comes first, so that calls move to later
// pages while others begin.
func (s *Server) callTrackingMetrics(r *http.Request) (answer, bool) {
	if r.URL.Path != "/api/v1/accounts/"+Account+"/calls" {
		return answer{}, false
	}
	if key, secret, _ := r.BasicAuth(); key != Key || secret != Secret {
		return failure(http.StatusUnauthorized), true
	}
	q := r.URL.Query()
	calls, ok := s.between(time.DateOnly, q.Get("start_date"), q.Get("end_date"))
	if !ok {
		return failure(http.StatusBadRequest), true
	}
	slices.Reverse(calls)
	p := s.pageOf(calls, q.Get("page"), q.Get("per_page"), callTrackingMetricsPage)
	listed := []any{}
	for _, call := range p.calls {
		listed = append(listed, s.callTrackingMetricsCall(call))
	}
	return answer{status: http.StatusOK, body: map[string]any{
		"page": p.page, "per_page": p.size, "total_pages": p.pages, "total_entries": p.total, "calls": listed,
	}}, true
}

func (s *Server) callTrackingMetricsCall(c Call) map[string]any {
	status, talk := "no-answer", 0
	switch {
	case c.GoesOn:
		status = "in progress"
	case c.Answered:
		status, talk = "completed", c.Seconds
	}
	return map[string]any{
		"id": c.ID, "sid": "CA" + c.ID, "account_id": 100200300, "direction": "inbound", "unix_time": c.At.Unix(),
		"called_at": c.At.In(s.zone()).Format("2006-01-02 03:04 PM -07:00"), "duration": c.Seconds, "talk_time": talk, "ring_time": 0,
		"dial_status": status, "caller_number": c.Caller, "tracking_number": "+12025550100", "name": "SAMPLE CALLER",
		"visitor_sid": "0123456789abcdef01234567", "source": "Google Ads", "medium": "cpc", "location": "https://www.example.com/",
		"tag_list": append([]string{}, c.Tags...), "custom_fields": nil, "agent": nil,
	}
}
