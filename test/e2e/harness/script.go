package harness

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Script posts to Ringback like the script on a page, without a browser.
type Script struct {
	t      testing.TB
	base   string // the base URL of the posts, with a host that resolves without a browser
	origin string
	http   *http.Client
}

// NewScript returns a stand-in for the script of this tag on pages of this origin. If
// the origin is empty, none is sent.
func (s *Stack) NewScript(tag, origin string) *Script {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 512 // benchmarks send a thousand requests a second
	return &Script{
		t: s.t, origin: origin, http: &http.Client{Timeout: time.Minute, Transport: transport},
		base: s.HTTP + strings.TrimSuffix(strings.TrimPrefix(tag, s.Public), ".js"),
	}
}

// Try posts to views, leads, ids or forget and returns the status and the
// decoded answer. The error is a transport error.
func (s *Script) Try(what string, body JSON) (int, JSON, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	request, err := http.NewRequest(http.MethodPost, s.base+"/"+what, strings.NewReader(string(raw)))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	request.Header.Set("User-Agent", ordinaryUserAgent)
	if s.origin != "" {
		request.Header.Set("Origin", s.origin)
	}
	answer, err := s.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err = io.ReadAll(answer.Body)
	if err != nil {
		return 0, nil, err
	}
	var out JSON
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			return 0, nil, fmt.Errorf("the answer is not JSON: %w", err)
		}
	}
	return answer.StatusCode, out, nil
}

// Post posts and returns the status and the decoded answer.
func (s *Script) Post(what string, body JSON) (int, JSON) {
	s.t.Helper()
	status, out, err := s.Try(what, body)
	if err != nil {
		s.t.Fatalf("posting %s: %v", what, err)
	}
	return status, out
}
