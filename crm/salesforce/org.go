package salesforce

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"
)

const (
	// describedFor is how long a description of an object is used.
	describedFor = time.Hour
	maxOrgs      = 200 // a description may have hundreds of kilobytes
)

// Orgs keeps what is known about orgs: descriptions of objects, and how many of the
// day's requests are used. It is for the whole process and safe for concurrent use.
type Orgs struct {
	clock clockwork.Clock
	known *lru.Cache[string, *Org]
}

// NewOrgs returns an empty set of orgs.
func NewOrgs(clock clockwork.Clock) *Orgs {
	known, _ := lru.New[string, *Org](maxOrgs) // it fails only for a size below one
	return &Orgs{clock: clock, known: known}
}

func (o *Orgs) of(to Connection) *Org {
	fresh := &Org{clock: o.clock, objects: map[string]described{}}
	if before, known, _ := o.known.PeekOrAdd(to.key(), fresh); known {
		o.known.Get(to.key()) // it is used, so that it is not the first to go
		return before
	}
	return fresh
}

// Org is what is known about one org.
type Org struct {
	clock clockwork.Clock

	mu      sync.Mutex
	objects map[string]described
	usage   Usage
}

type described struct {
	object Object
	at     time.Time
}

// Usage is how many requests an org has used within 24 hours, by all its programs.
type Usage struct {
	Used, Limit int
	At          time.Time // zero if nothing is known
}

// Above reports whether more than this share of the requests is used.
func (u Usage) Above(share float64) bool {
	return u.Limit > 0 && float64(u.Used) >= share*float64(u.Limit)
}

var limitInfo = regexp.MustCompile(`api-usage=(\d+)/(\d+)`)

// use reads the header Sforce-Limit-Info, "api-usage=18/5000".
func (o *Org) use(header http.Header) {
	m := limitInfo.FindStringSubmatch(header.Get("Sforce-Limit-Info"))
	if m == nil {
		return
	}
	used, _ := strconv.Atoi(m[1])
	limit, _ := strconv.Atoi(m[2])
	o.set(used, limit)
}

func (o *Org) set(used, limit int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.usage = Usage{Used: used, Limit: limit, At: o.clock.Now()}
}

// exhaust records that Salesforce refused a request because all were used.
func (o *Org) exhaust() {
	o.mu.Lock()
	defer o.mu.Unlock()
	limit := max(o.usage.Limit, 1)
	o.usage = Usage{Used: limit, Limit: limit, At: o.clock.Now()}
}

// Usage returns the usage as the last answer reported it.
func (c *Client) Usage() Usage {
	c.org.mu.Lock()
	defer c.org.mu.Unlock()
	return c.org.usage
}

// ReadUsage asks Salesforce for the usage. It costs one request.
func (c *Client) ReadUsage(ctx context.Context) (Usage, error) {
	var limits struct {
		Daily struct {
			Max       int `json:"Max"`
			Remaining int `json:"Remaining"`
		} `json:"DailyApiRequests"`
	}
	if err := c.read(ctx, call{method: http.MethodGet, path: "/limits"}, &limits); err != nil {
		return Usage{}, fmt.Errorf("reading the limits: %w", err)
	}
	c.org.set(limits.Daily.Max-limits.Daily.Remaining, limits.Daily.Max)
	return c.Usage(), nil
}
