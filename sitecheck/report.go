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

	"ringback/forms"
)

// MaxPage is the most bytes of a page that are checked.
const MaxPage = 2 << 20

// Page is a fetched page.
type Page struct {
	URL         string
	Status      int
	ContentType string
	Encoding    string   // Content-Encoding; empty if there is none
	Location    string   // the target of a redirect
	Policies    []string // values of the header Content-Security-Policy
	Body        []byte   // at most MaxPage bytes
}

// Site holds the site's settings that the page is checked against.
type Site struct {
	ScriptURL       string            // the address of the site's script
	Version         string            // the version of the script that is served now
	ConsentRequired bool              // nothing happens on the page before consent
	Forms           forms.Capture     // which forms become leads
	Fields          map[string]string // the site's mapping of fields, see forms.Read
	Region          string            // the country of numbers without a country code, ISO 3166-1 alpha-2
	Offers          []Offer           // in the order in which they are tried
	Off             []Offer           // offers that are switched off
	Tracking        []Tracking        // all tracking numbers of the site
}

// Level is the severity of a finding.
type Level string

// The levels by increasing severity.
const (
	OK      Level = "ok"
	Warning Level = "warning" // it may be intended, or may not work for everybody
	Problem Level = "problem" // something does not work
)

// Subject is the part of the page that a finding is about.
type Subject string

// The subjects of findings.
const (
	AboutPage    Subject = "page"
	AboutScript  Subject = "script"
	AboutPolicy  Subject = "policy"
	AboutManager Subject = "tag_manager"
	AboutForms   Subject = "forms"
	AboutNumbers Subject = "numbers"
)

// Finding is one result of the check, for the site's owner.
type Finding struct {
	Level  Level
	About  Subject
	What   string // one short sentence
	Detail string // what it means and how to fix it; may be empty
}

// Report holds the results for one page.
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

// Check checks a page. It stops when the context ends, because a page may be crafted to
// take long.
func Check(ctx context.Context, page Page, site Site) Report {
	var r Report
	if !r.readable(page) {
		return r
	}
	body := stopping{ctx, bytes.NewReader(page.Body)}
	text, err := charset.NewReader(body, page.ContentType)
	if err != nil {
		text = body
	}
	root, cut, err := parse(text)
	if ctx.Err() != nil {
		r.add(Problem, AboutPage, "The page takes too long to read.", "Its elements may be nested too deeply.")
		return r
	}
	if err != nil {
		r.add(Problem, AboutPage, "The page cannot be parsed as HTML.", "Its elements may be nested too deeply.")
		return r
	}
	switch {
	case cut:
		r.add(Warning, AboutPage, "The page has very many elements.", fmt.Sprintf("Only its first %d tags and texts were checked.", maxTokens))
	case len(page.Body) >= MaxPage:
		r.add(Warning, AboutPage, "The page is very long.", fmt.Sprintf("Only its first %d MB were checked.", MaxPage>>20))
	}
	d := document{root: root, url: baseOf(page.URL, root)}
	r.TagManagers = tagManagers(d)
	r.checkScript(d, page, site)
	r.checkForms(d, site)
	r.checkNumbers(d, site)
	return r
}

// parse parses a page in simplified form. It reports whether the page was cut.
func parse(page io.Reader) (root *html.Node, cut bool, err error) {
	text, cut, err := simplified(page)
	if err != nil {
		return nil, false, fmt.Errorf("reading the page's tags: %w", err)
	}
	if root, err = html.Parse(text); err != nil {
		return nil, false, fmt.Errorf("parsing the page: %w", err)
	}
	return root, cut, nil
}

// stopping is a reader that fails once its context has ended.
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

// readable reports whether the page is HTML that visitors see. If not, it adds a finding
// with the reason.
func (r *Report) readable(page Page) bool {
	media, _, err := mime.ParseMediaType(page.ContentType)
	switch {
	case page.Status >= 300 && page.Status < 400:
		where := "another address"
		if target, err := resolved(page.URL, page.Location); err == nil {
			where = target
		}
		r.add(Warning, AboutPage, "The page redirects to "+where+".", "The check does not follow redirects. Check that address if it belongs to the site.")
	case page.Status >= 400:
		r.add(Problem, AboutPage, fmt.Sprintf("The page answers with the error %d.", page.Status), "Check the address. The site may also reject clients that are not browsers. Its pages cannot be checked then.")
	case page.Encoding != "" && page.Encoding != "identity":
		r.add(Problem, AboutPage, "The page is compressed although the request did not allow that.", "The check cannot read it.")
	case err != nil || media != "text/html" && media != "application/xhtml+xml":
		r.add(Problem, AboutPage, "The address does not lead to a web page.", "It returns content other than HTML.")
	default:
		return true
	}
	return false
}

// resolved returns the absolute URL of a reference, without the parts that may hold
// secrets.
func resolved(base, reference string) (string, error) {
	b, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("parsing the page's URL: %w", err)
	}
	target, err := b.Parse(reference)
	if err != nil {
		return "", fmt.Errorf("parsing the redirect's target: %w", err)
	}
	target.User, target.RawQuery, target.Fragment, target.RawFragment = nil, "", "", ""
	return target.String(), nil
}
