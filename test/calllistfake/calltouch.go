package calllistfake

import (
	"net/http"
)

// calltouchPage is the largest page of Calltouch's API.
const calltouchPage = 1000

// calltouchDay is how Calltouch's list of calls writes days.
const calltouchDay = "02/01/2006"

// calltouch answers as Calltouch's list of calls does.
func (s *Server) calltouch(r *http.Request) (answer, bool) {
	if r.URL.Path != "/calls-service/RestAPI/"+Account+"/calls-diary/calls" {
		return answer{}, false
	}
	q := r.URL.Query()
	if q.Get("clientApiId") != Key {
		return failure(http.StatusUnauthorized), true
	}
	calls, ok := s.between(calltouchDay, q.Get("dateFrom"), q.Get("dateTo"))
	if !ok || q.Get("page") == "" || q.Get("limit") == "" {
		return failure(http.StatusBadRequest), true
	}
	p := s.pageOf(calls, q.Get("page"), q.Get("limit"), calltouchPage)
	listed := []any{}
	for _, call := range p.calls {
		listed = append(listed, s.calltouchCall(call, q.Get("withCallTags") == "true"))
	}
	return answer{status: http.StatusOK, body: map[string]any{
		"page": p.page, "pageSize": p.size, "pageTotal": p.pages, "recordsTotal": p.total, "records": listed,
	}}, true
}

func (s *Server) calltouchCall(c Call, withTags bool) map[string]any {
	talk, wait := 0, c.Seconds
	if c.Answered && !c.GoesOn {
		talk, wait = c.Seconds, 0
	}
	phase := "callcompleted"
	if c.GoesOn {
		phase = "callconnected"
	}
	var tags any
	if withTags && len(c.Tags) > 0 {
		tags = []any{map[string]any{"category": "sample", "type": "MANUAL", "names": c.Tags}}
	}
	return map[string]any{
		"callId": c.ID, "callphase": phase, "date": c.At.In(s.zone()).Format(calltouchDay + " 15:04:05"), "timestamp": c.At.Unix(),
		"duration": talk, "waitingConnect": wait, "successful": talk > 0, "callerNumber": c.Caller, "phoneNumber": "+74955550100",
		"source": "google", "medium": "cpc", "utmSource": "<не указано>", "url": "https://www.example.com/", "ctClientId": int64(2100000000547157212),
		"sessionId": 100200, "yaClientId": nil, "attrs": map[string]any{"bizible": "0123456789abcdef0123456789abcdef"}, "callTags": tags,
	}
}
