// Package rtbhousefake stands in for RTB House: it takes server-to-server
// postbacks at the same path, refuses what RTB House could make no sense of,
// and keeps what it saw, so that a demonstration or a test can look at it.
//
// It is written from what is known of RTB House's interface, not from the code
// that sends to it, and must not import that: a mistake there has to show here.
package rtbhousefake

import (
	"context"
	"fmt"
	"net/http"
	"sync"
)

// Path is where RTB House takes postbacks.
const Path = "/partner/omni/postbacks"

// keep is how many postbacks are remembered.
const keep = 1000

// Receiver is an http.Handler that imitates RTB House for one advertiser.
type Receiver struct {
	pkey, hash string

	mu       sync.Mutex
	received []Postback
	changed  chan struct{} // closed and replaced at every postback
}

// New makes a receiver that knows one advertiser's PKEY and tagging hash.
func New(pkey, taggingHash string) *Receiver {
	return &Receiver{pkey: pkey, hash: taggingHash, changed: make(chan struct{})}
}

// ServeHTTP answers a postback: 200 without a body when it can be used, 403 for
// an unknown PKEY, 400 otherwise, with a sentence. GET / lists what was received.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case req.URL.Path == "/" && req.Method == http.MethodGet:
		r.list(w)
	case req.URL.Path != Path:
		http.Error(w, "RTB House takes postbacks at "+Path, http.StatusNotFound)
	case req.Method != http.MethodPost:
		http.Error(w, "postbacks are sent with POST", http.StatusMethodNotAllowed)
	case req.URL.Query().Get("pkey") != r.pkey:
		http.Error(w, "this pkey is not known", http.StatusForbidden)
	default:
		postback, err := read(req.URL.RawQuery, r.hash)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.add(postback)
	}
}

func (r *Receiver) add(p Postback) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.received = append(r.received, p)
	if len(r.received) > keep {
		r.received = r.received[1:]
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

// Received returns what was taken, oldest first.
func (r *Receiver) Received() []Postback {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Postback(nil), r.received...)
}

// Await waits for a postback of this visitor.
func (r *Receiver) Await(ctx context.Context, visitorID string) (Postback, error) {
	for {
		found, changed := r.find(visitorID)
		if found != nil {
			return *found, nil
		}
		select {
		case <-ctx.Done():
			return Postback{}, fmt.Errorf("waiting for a postback: %w", ctx.Err())
		case <-changed:
		}
	}
}

func (r *Receiver) find(visitorID string) (*Postback, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.received {
		if p.VisitorID == visitorID {
			return &p, nil
		}
	}
	return nil, r.changed
}

func (r *Receiver) list(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	received := r.Received()
	_, _ = fmt.Fprintf(w, "This stands in for RTB House. It has taken %d postbacks.\n\n", len(received))
	for _, p := range received {
		_, _ = fmt.Fprintf(w, "%s  %s=%s  %s\n", p.At.Format("2006-01-02 15:04:05"), p.IDKind, p.VisitorID, p.Tags)
	}
}
