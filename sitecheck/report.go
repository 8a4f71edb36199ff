package sitecheck

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/url"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// MaxPage is how much of a page is worth fetching, in bytes. What comes after it
// is not looked at.
const MaxPage = 2 << 20

// Page is a page as it was fetched.
type Page struct {
	URL         string
	Status      int
	ContentType string
	Encoding    string   // Content-Encoding; empty: as it is
	Location    string   // of a redirect
	Policies    []string // values of the header Content-Security-Policy
	Body        []byte   // at most MaxPage bytes
}

// Site is what the page should hold, as the owner has set it.
type Site struct {
	ScriptURL       string            // of the site's own script
	Version         string            // of the script that is served now
	ConsentRequired bool              // nothing happens on the page before consent
	Forms           FormCapture       // which forms become leads
	Fields          map[string]string // the site's own mapping, as package forms takes it
	Region          string            // ISO 3166-1 alpha-2: of numbers without a country code
	Offers          []Offer           // in the order in which they are tried
	Off             []Offer           // those that are switched off
	Tracking        []Tracking        // all tracking numbers of the site
}

// FormCapture says which forms become leads when they are sent.
type FormCapture string

// Which forms are captured.
const (
	FormsMarked FormCapture = "marked"
	FormsAll    FormCapture = "all"
	FormsNone   FormCapture = "none"
)

// Level says how much a finding matters.
type Level string

// The levels, the least first.
const (
	OK      Level = "ok"
	Warning Level = "warning" // it may be meant so, or may not work for everybody
	Problem Level = "problem" // something does not work
)

// Subject is what a finding is about.
type Subject string

// What findings are about.
const (
	AboutPage    Subject = "page"
	AboutScript  Subject = "script"
	AboutPolicy  Subject = "policy"
	AboutManager Subject = "tag_manager"
	AboutForms   Subject = "forms"
	AboutNumbers Subject = "numbers"
)

// Finding is one thing that was found, for the site's owner.
type Finding struct {
	Level  Level
	About  Subject
	What   string // one short sentence
	Detail string // what it means and what to do; may be empty
}

// Report is what one page says.
type Report struct {
	Findings    []Finding
	Script      Script
	TagManagers []string
	Forms       []Form
	Numbers     Numbers
}

func (r *Report) add(level Level, about Subject, what, detail string) {
	r.Findings = append(r.Findings, Finding{Level: level, About: about, What: what, Detail: detail})
}

// Look reads a page and reports what it finds on it. It stops reading when the
// context ends: a page may be made to take long.
func Look(ctx context.Context, page Page, site Site) Report {
	var r Report
	if !r.readable(page) {
		return r
	}
	body := stopping{ctx, bytes.NewReader(page.Body)}
	text, err := charset.NewReader(body, page.ContentType)
	if err != nil {
		text = body
	}
	root, err := html.Parse(text)
	if ctx.Err() != nil {
		r.add(Problem, AboutPage, "The page takes too long to read.", "It may be nested deeper than people write pages.")
		return r
	}
	if err != nil {
		r.add(Problem, AboutPage, "The page cannot be read as HTML.", "It may be nested deeper than browsers read.")
		return r
	}
	if len(page.Body) >= MaxPage {
		r.add(Warning, AboutPage, "The page is very long.", fmt.Sprintf("Only its first %d MB were looked at.", MaxPage>>20))
	}
	d := document{root: root, url: baseOf(page.URL, root)}
	r.TagManagers = tagManagers(d)
	r.lookForScript(d, page, site)
	r.lookAtForms(d, site)
	r.lookAtNumbers(d, site)
	return r
}

// stopping reads no further once its context has ended.
type stopping struct {
	ctx  context.Context
	from io.Reader
}

func (s stopping) Read(into []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, fmt.Errorf("reading the page: %w", err)
	}
	return s.from.Read(into)
}

// readable reports whether the page is HTML that visitors see, and reports what else it is.
func (r *Report) readable(page Page) bool {
	media, _, err := mime.ParseMediaType(page.ContentType)
	switch {
	case page.Status >= 300 && page.Status < 400:
		where := "somewhere else"
		if target, err := resolved(page.URL, page.Location); err == nil {
			where = target
		}
		r.add(Warning, AboutPage, "The page sends visitors on to "+where+".", "Redirects are not followed. Check that address, if it is one of the site's.")
	case page.Status >= 400:
		r.add(Problem, AboutPage, fmt.Sprintf("The page answers with the error %d.", page.Status), "Check the address. A site may also turn away whatever is no browser; then this check cannot see its pages.")
	case page.Encoding != "" && page.Encoding != "identity":
		r.add(Problem, AboutPage, "The page comes compressed although that was not asked for.", "The check cannot read it.")
	case err != nil || media != "text/html" && media != "application/xhtml+xml":
		r.add(Problem, AboutPage, "The address is not that of a web page.", "It answers with another kind of content than HTML.")
	default:
		return true
	}
	return false
}

// resolved returns the address that a reference on a page leads to, without what
// may be secret in it.
func resolved(base, reference string) (string, error) {
	b, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("reading the page's address: %w", err)
	}
	target, err := b.Parse(reference)
	if err != nil {
		return "", fmt.Errorf("reading the redirect's target: %w", err)
	}
	target.User, target.RawQuery, target.Fragment, target.RawFragment = nil, "", "", ""
	return target.String(), nil
}
