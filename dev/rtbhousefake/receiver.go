// Package rtbhousefake stands in for RTB House. It accepts server-to-server postbacks
// at the same path, refuses those that RTB House could not use, and stores them for
// demonstrations and tests.
//
// It implements docs/facts/rtb-house.md. It must not import the code that sends
// postbacks, so that a mistake there shows here.
package rtbhousefake

import (
	"context"
	"fmt"
	"net/http"
	"sync"
)

// Path is the path at which RTB House accepts postbacks.
const Path = "/partner/omni/postbacks"

// keep is how many postbacks are stored.
const keep = 1000

// Receiver is an http.Handler that imitates RTB House for one advertiser.
type Receiver struct {
	pkey, hash string

	mu       sync.Mutex
	received []Postback
	changed  chan struct{} // closed and replaced at every postback
}

// New returns a receiver for the advertiser with this PKEY and tagging hash.
func New(pkey, taggingHash string) *Receiver {
	return &Receiver{pkey: pkey, hash: taggingHash, changed: make(chan struct{})}
}

// ServeHTTP answers a postback with 200 and no body if it can be used, with 403 if the
// PKEY is unknown, and otherwise with 400 and a sentence. GET / lists the postbacks.
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

// Received returns the accepted postbacks, oldest first.
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
