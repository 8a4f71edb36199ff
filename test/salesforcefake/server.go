package salesforcefake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Sample credentials, which a new org accepts.
const (
	ClientID     = "sample-consumer-key"
	ClientSecret = "sample-consumer-secret"
	RefreshToken = "sample-refresh-token-0"
)

// PageSize is how many rows one page of a query has.
const PageSize = 2000

// maxAddress is how many bytes the address of a request may have. Salesforce counts the
// headers too.
const maxAddress = 14_000

// Record is one row of an object, by the API names of its fields.
type Record map[string]any

// Org is the imitation. It is safe for concurrent use. Its exported fields must not be
// changed while it serves.
type Org struct {
	// Rotate makes every use of a refresh token return a new one and end the old one.
	Rotate bool
	// DailyLimit is the number of requests that are allowed. Zero means 100,000.
	DailyLimit int
	// DuplicateRule makes a lead with the phone or e-mail of an existing contact or
	// lead be refused, unless the request allows it.
	DuplicateRule bool
	// BareMatches makes the answer of a duplicate rule hold the ids of records alone.
	BareMatches bool
	// IndexLag hides new records from searches, as Salesforce's index does for a
	// while. Queries find them at once.
	IndexLag bool
	// Latency is how long an answer takes after its request was performed.
	Latency time.Duration
	// Now returns the time. Nil means time.Now.
	Now func() time.Time

	mu       sync.Mutex
	objects  map[string]*object
	access   map[string]bool // valid access tokens
	refresh  string          // the valid refresh token
	issued   int             // tokens so far
	logins   int
	requests int
	nextID   int
	faults   []*Fault
	cursors  map[string][]Record
	signIns  map[string]signIn // by code
	log      []Request
	changed  chan struct{}
}

// Request is a request that reached the org.
type Request struct {
	Method string
	Path   string // without the version's prefix
	Query  string // the SOQL or SOSL, empty if there is none
	Status int    // of the answer; zero if there was none
}

// New returns an org with the objects Task, Contact, Lead, Opportunity and what belongs
// to opportunities, and with the fields of Marketo Measure's package if withPackage is
// set.
func New(withPackage bool) *Org {
	return &Org{
		objects: standardObjects(withPackage),
		access:  map[string]bool{},
		refresh: RefreshToken,
		cursors: map[string][]Record{},
		signIns: map[string]signIn{},
		changed: make(chan struct{}),
	}
}

var apiPath = regexp.MustCompile(`^/services/data/v[0-9]+\.0(/.*)$`)

// ServeHTTP answers as Salesforce's REST API does.
func (o *Org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == authorizePath {
		o.authorize(w, r)
		return
	}
	body := readBody(r)
	path := r.URL.EscapedPath()
	if m := apiPath.FindStringSubmatch(path); m != nil {
		path = m[1]
	}
	entry := Request{Method: r.Method, Path: path, Query: r.URL.Query().Get("q")}
	answer, fault := o.handle(r, path, body)
	if o.Latency > 0 {
		<-time.After(o.Latency)
	}
	if fault != nil && fault.Lost {
		o.record(entry)
		hangUp(w)
		return
	}
	entry.Status = answer.status
	if answer.status == http.StatusNoContent {
		w.WriteHeader(answer.status)
		o.record(entry)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	if path != tokenPath {
		o.mu.Lock()
		w.Header().Set("Sforce-Limit-Info", fmt.Sprintf("api-usage=%d/%d", o.requests, o.limit()))
		o.mu.Unlock()
	}
	w.WriteHeader(answer.status)
	_ = json.NewEncoder(w).Encode(answer.body)
	o.record(entry)
}

// handle performs a request unless a fault prevents it. A fault with Lost is returned,
// and the caller sends no answer then.
func (o *Org) handle(r *http.Request, path string, body []byte) (answer, *Fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	fault := o.nextFault(r.Method, path)
	if fault != nil && !fault.Lost {
		return fault.answer(), nil
	}
	if path == tokenPath {
		return o.token(body), fault
	}
	o.requests++
	if len(r.URL.RequestURI()) > maxAddress {
		return failure(http.StatusRequestURITooLong, "URI_TOO_LONG", "the address is too long"), fault
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !o.access[token]:
		return failure(http.StatusUnauthorized, "INVALID_SESSION_ID", "Session expired or invalid"), fault
	case o.requests > o.limit():
		return failure(http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), fault
	}
	return o.route(r, path, body), fault
}

func (o *Org) route(r *http.Request, path string, body []byte) answer {
	part := strings.Split(strings.Trim(path, "/"), "/")
	for i := range part {
		part[i], _ = url.PathUnescape(part[i])
	}
	switch {
	case path == "/limits":
		return answer{http.StatusOK, map[string]any{"DailyApiRequests": map[string]int{"Max": o.limit(), "Remaining": max(o.limit()-o.requests, 0)}}}
	case part[0] == "query" || part[0] == "queryAll":
		return o.query(r.URL.Query().Get("q"), part)
	case part[0] == "search":
		return o.search(r.URL.Query().Get("q"))
	case part[0] == "sobjects" && len(part) > 1 && o.objects[part[1]] != nil:
		return o.sobject(r, part[1], part[2:], body)
	default:
		return failure(http.StatusNotFound, "NOT_FOUND", "The requested resource does not exist")
	}
}

func (o *Org) limit() int {
	if o.DailyLimit == 0 {
		return 100_000
	}
	return o.DailyLimit
}

func (o *Org) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

func (o *Org) record(entry Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.log = append(o.log, entry)
	close(o.changed)
	o.changed = make(chan struct{})
}

// Requests returns the requests so far, oldest first.
func (o *Org) Requests() []Request {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.log)
}

// Count returns how many requests with this method and path have been answered.
func (o *Org) Count(method, path string) int {
	n := 0
	for _, r := range o.Requests() {
		if r.Method == method && strings.HasPrefix(r.Path, path) {
			n++
		}
	}
	return n
}

// Logins returns how many tokens have been issued.
func (o *Org) Logins() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.logins
}

// Use sets how many of today's requests have been used.
func (o *Org) Use(requests int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.requests = requests
}

// Records returns copies of the rows of an object that are not deleted, in the order
// of their creation.
func (o *Org) Records(of string) []Record {
	o.mu.Lock()
	defer o.mu.Unlock()
	var found []Record
	for _, row := range o.objects[of].rows {
		if row["IsDeleted"] == false {
			found = append(found, maps.Clone(row))
		}
	}
	return found
}

// Changed returns a channel that is closed after the next request.
func (o *Org) Changed() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.changed
}
