package harness

import (
	"crypto/rand"
	"embed"
	"html/template"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// The hosts of the sites, which resolve to this machine in a Browser.
const (
	Shop   = "shop.example" // the owner's, also as www.shop.example
	Search = "search.example"
	Ads    = "ads.example"
	Blog   = "blog.example"
)

// RTBHouseID is the id that RTB House's script assigns to visitors of the shop.
const RTBHouseID = "Sample0RTBHouse0Id0"

// BizibleID is the id that Marketo Measure's script assigns to visitors of the shop's
// first page.
const BizibleID = "0123456789abcdef0123456789abcdef"

//go:embed pages
var pages embed.FS

// templates holds the pages, such as pages/shop/index.html, and their shared parts.
var templates = template.Must(template.ParseFS(pages, "pages/*.html", "pages/*/*.html"))

// Web is the part of the web that a visitor of the shop sees: one server for several
// sites, which are selected by the host name.
type Web struct {
	server *httptest.Server
	tag    string

	mu    sync.Mutex
	forms []string // the bodies of the forms that the shop's server received
}

// visit holds the values for the template of a page.
type visit struct {
	*Web
	Tag      string // URL of Ringback's script
	Nonce    string // with which the page's policy allows scripts
	RTBHouse string
	Bizible  string
}

// NewWeb starts the sites. The shop's pages carry this tag.
func NewWeb(t testing.TB, tag string) *Web {
	t.Helper()
	w := &Web{tag: tag}
	w.server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(func() {
		w.server.CloseClientConnections()
		w.server.Close()
	})
	return w
}

// URL returns the address of a page with its query.
func (w *Web) URL(host, path string) string {
	_, port, _ := net.SplitHostPort(w.server.Listener.Addr().String())
	return "http://" + host + ":" + port + path
}

// Forms returns the bodies of the forms that the shop's server has received.
func (w *Web) Forms() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.forms...)
}

func (w *Web) serve(out http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		_ = r.ParseForm()
		w.mu.Lock()
		w.forms = append(w.forms, r.PostForm.Encode())
		w.mu.Unlock()
	}
	if r.URL.Path == "/favicon.ico" || strings.HasPrefix(r.URL.Path, "/send") {
		out.WriteHeader(http.StatusNoContent)
		return
	}
	page := templates.Lookup(pageName(r))
	if page == nil {
		http.NotFound(out, r)
		return
	}
	out.Header().Set("Content-Type", "text/html; charset=utf-8")
	v := visit{Web: w, Tag: w.tag, RTBHouse: RTBHouseID, Bizible: BizibleID}
	if r.URL.Path == "/strict" {
		v.Nonce = rand.Text()
		out.Header().Set("Content-Security-Policy", w.strictPolicy(v.Nonce))
	}
	_ = page.Execute(out, v)
}

// pageName returns the name of a page, such as "shop/index" for www.shop.example.
func pageName(r *http.Request) string {
	host, _, _ := strings.Cut(strings.TrimPrefix(r.Host, "www."), ".")
	path := strings.Trim(r.URL.Path, "/")
	if first, _, ok := strings.Cut(path, "/"); ok {
		path = first // the views of a single-page application are one page
	}
	if path == "" {
		path = "index"
	}
	return host + "/" + path
}

// strictPolicy returns a policy that allows only scripts with the nonce and what
// Ringback needs.
func (w *Web) strictPolicy(nonce string) string {
	ringback, _, _ := strings.Cut(w.tag, "/s/")
	return "default-src 'none'; base-uri 'none'; form-action 'self'; script-src 'nonce-" + nonce + "'; connect-src " + ringback
}
