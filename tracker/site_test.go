package tracker_test

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

	"github.com/stretchr/testify/require"

	"ringback/tracker"
)

// post is a request of the script.
type post struct {
	To          string // views, leads, ids, forget
	Body        map[string]any
	ContentType string
	Origin      string
	At          time.Time
}

// reply is an answer of the server.
type reply struct {
	status  int
	body    string
	headers map[string]string
	wait    <-chan struct{} // answer when it is closed; at once if nil
	down    bool            // break the connection
}

// site is a customer's website together with the server that its script posts to.
type site struct {
	t     *testing.T
	pages *httptest.Server // http://www.shop.example and all other hosts
	posts chan post

	mu      sync.Mutex
	config  tracker.Config
	content map[string]string // pages by path
	headers map[string]string // of the pages
	answer  func(post) reply
}

// numbers is the answer to a view on a site whose number is +1 202 555 0100.
const numbers = `{"session":"ses_1","numbers":{"12025550100":["12025550143","(202) 555-0143","+1 202-555-0143"]}}`

const (
	tag         = `<script async src="/ringback.js"></script>`
	extendedTag = `<script async src="/ringback-extended.js"></script>`
)

// withEachScript runs a test with the tag of the usual script and with that of the
// extended one, which does the same and more.
func withEachScript(t *testing.T, test func(t *testing.T, tag string)) {
	t.Helper()
	t.Parallel()
	for name, tag := range map[string]string{"usual": tag, "extended": extendedTag} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, tag)
		})
	}
}

func newSite(t *testing.T, configure func(*tracker.Config)) *site {
	t.Helper()
	s := &site{t: t, posts: make(chan post, 100), content: map[string]string{}, headers: map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(s.receive))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	s.pages = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.pages.Close)
	t.Cleanup(s.pages.CloseClientConnections)
	s.config = typical()
	s.config.URL = "http://ringback.example:" + port(server) + "/s/key"
	s.config.Domains = []string{"shop.example"}
	s.config.Numbers = []tracker.Number{{International: "12025550100", National: "2025550100"}}
	if configure != nil {
		configure(&s.config)
	}
	return s
}

func port(s *httptest.Server) string {
	address, _ := url.Parse(s.URL)
	return address.Port()
}

// at returns the URL of a page.
func (s *site) at(path string) string { return "http://www.shop.example:" + port(s.pages) + path }

// page sets the content of a page. It does not add the script's tag.
func (s *site) page(path, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content[path] = content
}

// answers sets the server's answers from now on. The default is well, also if answer
// is nil.
func (s *site) answers(answer func(post) reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch content, found := s.content[r.URL.Path]; {
	case r.URL.Path == "/ringback.js":
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(tracker.Render(s.config))
	case r.URL.Path == "/ringback-extended.js":
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(tracker.RenderExtended(s.config))
	case r.URL.Path == "/favicon.ico":
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for name, value := range s.headers {
			w.Header().Set(name, value)
		}
		if !found {
			content = "<!doctype html><title>page</title><p>Call 202-555-0100" + tag
		}
		_, _ = io.WriteString(w, content)
	}
}

// receive handles the script's posts.
func (s *site) receive(w http.ResponseWriter, r *http.Request) {
	p := post{
		To: strings.TrimPrefix(r.URL.Path, "/s/key/"), ContentType: r.Header.Get("Content-Type"),
		Origin: r.Header.Get("Origin"), At: time.Now(),
	}
	_ = json.NewDecoder(r.Body).Decode(&p.Body)
	w.Header().Set("Access-Control-Allow-Origin", p.Origin)
	w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
	s.mu.Lock()
	answer := s.answer
	s.mu.Unlock()
	if answer == nil {
		answer = well
	}
	a := answer(p)
	s.posts <- p
	if a.down {
		panic(http.ErrAbortHandler)
	}
	if a.wait != nil {
		select {
		case <-a.wait:
		case <-r.Context().Done():
		}
	}
	for name, value := range a.headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

// well returns the answers of a working server.
func well(p post) reply {
	switch p.To {
	case "views":
		return reply{status: http.StatusOK, body: numbers}
	case "leads":
		return reply{status: http.StatusAccepted, body: "{}"}
	default:
		return reply{status: http.StatusNoContent}
	}
}

// next returns the script's next post, which must go to the path to.
func (s *site) next(to string) post {
	s.t.Helper()
	select {
	case p := <-s.posts:
		require.Equal(s.t, to, p.To, "%v", p.Body)
		return p
	case <-time.After(patience):
		s.t.Fatalf("nothing was sent to %s", to)
		return post{}
	}
}

// first returns the script's next post to the path to and skips posts to other paths.
func (s *site) first(to string) post {
	s.t.Helper()
	for deadline := time.After(patience); ; {
		select {
		case p := <-s.posts:
			if p.To == to {
				return p
			}
		case <-deadline:
			s.t.Fatalf("nothing was sent to %s", to)
		}
	}
}

// quiet requires that the script has sent nothing else so far.
func (s *site) quiet() {
	s.t.Helper()
	select {
	case p := <-s.posts:
		s.t.Fatalf("unexpected: %s %v", p.To, p.Body)
	default:
	}
}

// fields returns the values of a lead's fields by name.
func (p post) fields() map[string]any {
	fields := map[string]any{}
	list, _ := p.Body["fields"].([]any)
	for _, f := range list {
		field := f.(map[string]any)
		fields[field["name"].(string)] = field["value"]
	}
	return fields
}
