// Package calllistfake is an imitation of the APIs of call tracking providers that list
// calls: pages, days in the account's zone, limits and faults. It is written from
// docs/facts, and holds sample data only.
//
// It must not know Ringback.
package calllistfake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The sample credentials and ids that the server accepts.
const (
	Account = "100200300"
	Key     = "sample-api-key"
	Secret  = "sample-api-secret"
)

// Call is a call as the providers list it.
type Call struct {
	ID       string
	At       time.Time // when it began
	Seconds  int       // of the whole call
	Answered bool
	GoesOn   bool // it has not ended, so its outcome and length are placeholders
	Caller   string
	Tags     []string
}

// Request is a request that reached the server.
type Request struct {
	Path   string
	Query  map[string][]string
	Status int // of the answer
}

// Fault is an answer in place of the list.
type Fault struct {
	Status     int
	RetryAfter string // the header, empty if there is none
	Times      int    // how many requests it is the answer to
}

// Server is the imitation. It is safe for concurrent use. Its exported fields must not
// be changed while it serves.
type Server struct {
	Zone *time.Location // of the account; nil means UTC
	// LargestPage is how many calls a page has at most. Zero means as many as the
	// provider's.
	LargestPage int
	// Before is called before each answer with the number of the request, counted from 1.
	// It may change the calls. Nil does nothing.
	Before func(n int)

	mu     sync.Mutex
	calls  []Call // by their beginning
	faults []Fault
	log    []Request
}

// Put adds a call, or replaces the one with its id.
func (s *Server) Put(calls ...Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, call := range calls {
		if i := slices.IndexFunc(s.calls, func(c Call) bool { return c.ID == call.ID }); i >= 0 {
			s.calls = slices.Delete(s.calls, i, i+1)
		}
		at, _ := slices.BinarySearchFunc(s.calls, call, func(a, b Call) int {
			if c := a.At.Compare(b.At); c != 0 {
				return c
			}
			return strings.Compare(a.ID, b.ID)
		})
		s.calls = slices.Insert(s.calls, at, call)
	}
}

// Remove takes a call out of the list.
func (s *Server) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = slices.DeleteFunc(s.calls, func(c Call) bool { return c.ID == id })
}

// Fail adds a fault, after those that are there.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// Heal removes all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Requests returns the requests so far, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// answer is what the server answers.
type answer struct {
	status int
	header http.Header
	body   any
}

// ServeHTTP answers as the provider does to which the path belongs.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Before != nil {
		s.mu.Lock()
		n := len(s.log) + 1
		s.mu.Unlock()
		s.Before(n)
	}
	a := s.answer(r)
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
}

func (s *Server) answer(r *http.Request) (a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		s.log = append(s.log, Request{Path: r.URL.Path, Query: r.URL.Query(), Status: a.status})
	}()
	if len(s.faults) > 0 {
		f := &s.faults[0]
		a = failure(f.Status)
		if f.RetryAfter != "" {
			a.header = http.Header{"Retry-After": {f.RetryAfter}}
		}
		if f.Times--; f.Times <= 0 {
			s.faults = s.faults[1:]
		}
		return a
	}
	for _, provider := range []func(*http.Request) (answer, bool){s.callRail, s.callTrackingMetrics, s.calltouch} {
		if a, is := provider(r); is {
			return a
		}
	}
	return failure(http.StatusNotFound)
}

func failure(status int) answer {
	return answer{status: status, body: map[string]string{"error": http.StatusText(status)}}
}

func (s *Server) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// between returns the calls that began on these days of the account's zone, the last
// one included.
func (s *Server) between(layout, first, last string) ([]Call, bool) {
	from, err := time.ParseInLocation(layout, first, s.zone())
	if err != nil {
		return nil, false
	}
	to, err := time.ParseInLocation(layout, last, s.zone())
	if err != nil {
		return nil, false
	}
	to = to.AddDate(0, 0, 1)
	var found []Call
	for _, call := range s.calls {
		if !call.At.Before(from) && call.At.Before(to) {
			found = append(found, call)
		}
	}
	return found, true
}

// paged is one page of a list.
type paged struct {
	calls             []Call
	page, size, pages int
	total             int
}

// pageOf returns the page that a query asks for.
func (s *Server) pageOf(calls []Call, page, size string, largest int) paged {
	if s.LargestPage > 0 {
		largest = s.LargestPage
	}
	p := paged{page: max(number(page), 1), size: min(max(number(size), 1), largest), total: len(calls)}
	p.pages = (len(calls) + p.size - 1) / p.size
	first := min((p.page-1)*p.size, len(calls))
	p.calls = calls[first:min(first+p.size, len(calls))]
	return p
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
