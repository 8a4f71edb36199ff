package harness

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Hit is one request that reached the destination.
type Hit struct {
	At     time.Time
	Ended  time.Time // when it was answered or broken off
	Mode   string    // the first part of the path, which selects the behavior
	ID     string    // the conversion's id, from a webhook's body or RTB House's tag
	Path   string
	Query  url.Values
	Header http.Header
	Body   []byte
	Status int // the status of the answer
}

// Destination is an HTTP server whose behavior is selected by the first part of the
// path: ok, slow, 500-twice, 500, 404, 429-once, hang, drop, redirect, huge, gone.
type Destination struct {
	*httptest.Server
	// Delay is the time that "ok" takes to answer.
	Delay time.Duration
	// RedirectTo is the target of "redirect".
	RedirectTo string

	mu      sync.Mutex
	hits    []Hit
	counts  map[string]int // by mode and id
	changed chan struct{}
	release chan struct{}
}

// NewDestination starts a destination on loopback.
func NewDestination(t testing.TB) *Destination {
	t.Helper()
	d := &Destination{
		RedirectTo: "http://169.254.169.254/latest/meta-data/",
		counts:     map[string]int{},
		changed:    make(chan struct{}),
		release:    make(chan struct{}),
	}
	d.Server = httptest.NewServer(http.HandlerFunc(d.serve))
	t.Cleanup(func() {
		d.Release()
		d.CloseClientConnections()
		d.Close()
	})
	return d
}

func (d *Destination) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return // the sender died while it was sending, so there is no event to count
	}
	mode, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	hit := Hit{At: time.Now(), Mode: mode, ID: eventID(r, body), Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header, Body: body}
	d.mu.Lock()
	d.counts[mode+" "+hit.ID]++
	nth := d.counts[mode+" "+hit.ID]
	d.mu.Unlock()

	behave := behaviors[mode]
	if behave == nil {
		behave = func(d *Destination, w http.ResponseWriter, _ *http.Request, _ int) int {
			w.WriteHeader(http.StatusOK)
			return http.StatusOK
		}
	}
	hit.Status = behave(d, w, r, nth)
	hit.Ended = time.Now()
	d.mu.Lock()
	d.hits = append(d.hits, hit)
	close(d.changed)
	d.changed = make(chan struct{})
	d.mu.Unlock()
}

// behaviors send an answer and return its status; 0 means no answer.
var behaviors = map[string]func(d *Destination, w http.ResponseWriter, r *http.Request, nth int) int{
	"ok": func(d *Destination, w http.ResponseWriter, r *http.Request, _ int) int {
		if d.Delay > 0 {
			select {
			case <-time.After(d.Delay):
			case <-r.Context().Done():
			}
		}
		return answer(w, http.StatusOK)
	},
	"500": func(_ *Destination, w http.ResponseWriter, _ *http.Request, _ int) int {
		return answer(w, http.StatusInternalServerError)
	},
	"500-twice": func(_ *Destination, w http.ResponseWriter, _ *http.Request, nth int) int {
		if nth <= 2 {
			return answer(w, http.StatusInternalServerError)
		}
		return answer(w, http.StatusOK)
	},
	"500-then-held": func(d *Destination, w http.ResponseWriter, r *http.Request, nth int) int {
		if nth == 1 {
			return answer(w, http.StatusInternalServerError)
		}
		select {
		case <-d.release:
		case <-r.Context().Done():
		}
		return answer(w, http.StatusOK)
	},
	"404": func(_ *Destination, w http.ResponseWriter, _ *http.Request, _ int) int {
		return answer(w, http.StatusNotFound)
	},
	"gone": func(_ *Destination, w http.ResponseWriter, _ *http.Request, _ int) int {
		return answer(w, http.StatusGone)
	},
	"429-once": func(_ *Destination, w http.ResponseWriter, _ *http.Request, nth int) int {
		if nth == 1 {
			w.Header().Set("Retry-After", "2")
			return answer(w, http.StatusTooManyRequests)
		}
		return answer(w, http.StatusOK)
	},
	"hang": func(d *Destination, _ http.ResponseWriter, r *http.Request, _ int) int {
		select {
		case <-d.release:
		case <-r.Context().Done():
		}
		return 0
	},
	"hang-once": func(d *Destination, w http.ResponseWriter, r *http.Request, nth int) int {
		if nth > 1 {
			return answer(w, http.StatusOK)
		}
		select {
		case <-d.release:
		case <-r.Context().Done():
		}
		return 0
	},
	"drop-once": func(_ *Destination, w http.ResponseWriter, _ *http.Request, nth int) int {
		if nth > 1 {
			return answer(w, http.StatusOK)
		}
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = conn.Close()
		}
		return 0
	},
	"redirect": func(d *Destination, w http.ResponseWriter, _ *http.Request, _ int) int {
		w.Header().Set("Location", d.RedirectTo)
		return answer(w, http.StatusTemporaryRedirect)
	},
	"huge": func(_ *Destination, w http.ResponseWriter, _ *http.Request, _ int) int {
		w.WriteHeader(http.StatusOK)
		chunk := []byte(strings.Repeat("x", 1<<16))
		for range 1024 { // 64 MiB, unless the client closes the connection
			if _, err := w.Write(chunk); err != nil {
				break
			}
		}
		return http.StatusOK
	},
	"drip": func(d *Destination, w http.ResponseWriter, r *http.Request, _ int) int {
		w.WriteHeader(http.StatusOK)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for range 2000 { // one byte at a time, unless the client closes the connection
			if _, err := w.Write([]byte("x")); err != nil {
				break
			}
			w.(http.Flusher).Flush()
			select {
			case <-tick.C:
			case <-d.release:
				return http.StatusOK
			case <-r.Context().Done():
				return http.StatusOK
			}
		}
		return http.StatusOK
	},
}

func answer(w http.ResponseWriter, status int) int {
	w.WriteHeader(status)
	return status
}

// eventID returns the conversion's id in either wire format.
func eventID(r *http.Request, body []byte) string {
	if tag := r.URL.Query().Get("tag"); tag != "" {
		for part := range strings.SplitSeq(tag, "_") {
			if strings.HasPrefix(part, "call-") || strings.HasPrefix(part, "request-") {
				return part
			}
		}
		return tag
	}
	var e struct {
		Data struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	_ = json.Unmarshal(body, &e)
	return e.Data.ID
}

// Release ends all hanging requests.
func (d *Destination) Release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case <-d.release:
	default:
		close(d.release)
	}
}

// Hits returns the finished requests so far in this mode; "" means all modes.
func (d *Destination) Hits(mode string) []Hit {
	d.mu.Lock()
	defer d.mu.Unlock()
	var found []Hit
	for _, h := range d.hits {
		if mode == "" || h.Mode == mode {
			found = append(found, h)
		}
	}
	return found
}

// Requests returns the number of requests in a mode, including unfinished ones.
func (d *Destination) Requests(mode string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for key, count := range d.counts {
		if strings.HasPrefix(key, mode+" ") {
			n += count
		}
	}
	return n
}

// WaitHits waits until there are at least n finished requests in the mode. It fails if
// none of them comes for so long: how fast many come is up to the machine.
func (d *Destination) WaitHits(t testing.TB, mode string, n int, within time.Duration) []Hit {
	t.Helper()
	patience := time.NewTimer(within)
	defer patience.Stop()
	for seen := 0; ; {
		d.mu.Lock()
		changed := d.changed
		d.mu.Unlock()
		hits := d.Hits(mode)
		if len(hits) >= n {
			return hits
		}
		if len(hits) > seen {
			seen = len(hits)
			patience.Reset(within)
		}
		select {
		case <-changed:
		case <-patience.C:
			t.Fatalf("the destination saw %d requests (%q) and no more for %v, want %d", seen, mode, within, n)
		}
	}
}
