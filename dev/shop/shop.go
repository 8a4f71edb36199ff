// Package shop is a small web site to try Ringback's script on: an ad that leads
// to it, a phone number, a form, and a telephone that calls the number on the
// page. Everything on it is recognisable as a sample.
//
// It stands in for the owner's site, the ad and the phone company. It must not know
// more of Ringback than the tag on its pages and Actions.
package shop

import (
	"context"
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"ringback/phone"
	"ringback/visitorid"
)

// Number is the shop's own phone number, and national its spelling on the pages.
const (
	Number   = "+12025550100"
	national = "(202) 555-0100"
)

// RTBHouseCookie is the cookie in which RTB House stores its id of a visitor.
var RTBHouseCookie = visitorid.Cookies(visitorid.RTBHouse)[0]

// Actions are what the shop can start outside of its pages. Both return a link to a page
// that shows the result in Ringback.
type Actions interface {
	// Call calls a number (E.164), like a visitor who reads it on the page.
	Call(ctx context.Context, number string) (link string, err error)
	// LastLead returns the latest lead, or empty if there is none yet.
	LastLead(ctx context.Context) (link string, err error)
}

// Site is the shop, as an http.Handler.
type Site struct {
	pages   *template.Template
	tag     template.HTML
	actions Actions
	routes  *http.ServeMux
}

//go:embed pages
var pages embed.FS

// New returns a shop whose pages contain this script tag.
func New(tag string, actions Actions) (*Site, error) {
	parsed, err := template.ParseFS(pages, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("reading the shop's pages: %w", err)
	}
	s := &Site{pages: parsed, tag: template.HTML(tag), actions: actions, routes: http.NewServeMux()}
	s.routes.HandleFunc("GET /ad", s.ad)
	s.routes.HandleFunc("GET /{$}", s.page("home.html"))
	s.routes.HandleFunc("GET /contact", s.page("contact.html"))
	s.routes.HandleFunc("POST /contact", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/thanks", http.StatusSeeOther) })
	s.routes.HandleFunc("GET /thanks", s.page("thanks.html"))
	s.routes.HandleFunc("POST /call", s.call)
	s.routes.HandleFunc("GET /last-lead", s.lastLead)
	return s, nil
}

// ServeHTTP serves the shop's pages.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.routes.ServeHTTP(w, r) }

// view holds the values for the template of a page.
type view struct {
	Tag      template.HTML
	Number   string // E.164
	National string // the same number as people write it
	ClickID  string
	Message  string
}

func (s *Site) page(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { s.show(w, http.StatusOK, name, view{}) }
}

// ad shows the page with the ad. Like RTB House's tag, it sets a cookie with the
// visitor's id.
func (s *Site) ad(w http.ResponseWriter, r *http.Request) {
	if _, err := r.Cookie(RTBHouseCookie); err != nil {
		http.SetCookie(w, &http.Cookie{ // scripts can read it, like RTB House's
			Name: RTBHouseCookie, Value: "sample-visitor-" + word(), Path: "/", MaxAge: 365 * 24 * 60 * 60, SameSite: http.SameSiteLaxMode,
		})
	}
	s.show(w, http.StatusOK, "ad.html", view{ClickID: "sample-click-" + word()})
}

// call calls the number that the page shows.
func (s *Site) call(w http.ResponseWriter, r *http.Request) {
	number, err := phone.Normalize(r.PostFormValue("number"), "US")
	if err != nil || number.E164 == "" {
		s.show(w, http.StatusBadRequest, "message.html", view{Message: "That is no phone number."})
		return
	}
	link, err := s.actions.Call(r.Context(), number.E164)
	s.follow(w, r, link, err)
}

func (s *Site) lastLead(w http.ResponseWriter, r *http.Request) {
	link, err := s.actions.LastLead(r.Context())
	if err == nil && link == "" {
		s.show(w, http.StatusNotFound, "message.html", view{Message: "Ringback has no lead of this shop yet."})
		return
	}
	s.follow(w, r, link, err)
}

// follow redirects to the result of an action.
func (s *Site) follow(w http.ResponseWriter, r *http.Request, link string, err error) {
	if err != nil {
		s.show(w, http.StatusBadGateway, "message.html", view{Message: err.Error()})
		return
	}
	http.Redirect(w, r, link, http.StatusSeeOther)
}

func (s *Site) show(w http.ResponseWriter, status int, page string, v view) {
	v.Tag, v.Number, v.National = s.tag, Number, national
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = s.pages.ExecuteTemplate(w, page, v) // a closed connection is not an error
}

func word() string { return strings.ToLower(rand.Text()[:8]) }
