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
	ExtendedVersion string            // that of the extended script
	SwapAfterLoad   bool              // numbers are replaced after the page has loaded
	ConsentRequired bool              // nothing happens on the page before consent
	Forms           forms.Capture     // which forms become leads
	Fields          map[string]string // the site's mapping of fields, see forms.Read
	Region          string            // the country of numbers without a country code, ISO 3166-1 alpha-2
	Offers          []Offer           // in the order in which they are tried
	Off             []Offer           // offers that are switched off
	Tracking        []Tracking        // all tracking numbers of the site
}

// Report holds the results for one page.
type Report struct {
	Findings    []Finding
	Script      Script
	TagManagers []string
	Forms       []Form
	Numbers     Numbers
	Needs       []Need // what the usual script does not do and the extended one does
}

func (r *Report) add(level Level, about Subject, code Code, values Values) {
	r.Findings = append(r.Findings, Finding{Level: level, About: about, Code: code, Values: values})
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
		r.add(Problem, AboutPage, PageTooSlow, Values{})
		return r
	}
	if err != nil {
		r.add(Problem, AboutPage, PageNotParsed, Values{})
		return r
	}
	switch {
	case cut:
		r.add(Warning, AboutPage, PageManyElements, Values{Count: maxTokens})
	case len(page.Body) >= MaxPage:
		r.add(Warning, AboutPage, PageLong, Values{Count: MaxPage >> 20})
	}
	d := document{root: root, url: baseOf(page.URL, root)}
	r.TagManagers = tagManagers(d)
	r.checkScript(d, page, site)
	r.checkForms(d, site)
	r.checkNumbers(d, site)
	r.reportNeeds()
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
		target, _ := resolved(page.URL, page.Location) // empty if it cannot be read
		r.add(Warning, AboutPage, PageRedirects, Values{Address: target})
	case page.Status >= 400:
		r.add(Problem, AboutPage, PageError, Values{Status: page.Status})
	case page.Encoding != "" && page.Encoding != "identity":
		r.add(Problem, AboutPage, PageCompressed, Values{})
	case err != nil || media != "text/html" && media != "application/xhtml+xml":
		r.add(Problem, AboutPage, PageNotHTML, Values{})
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
