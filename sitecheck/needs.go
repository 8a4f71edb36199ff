package sitecheck

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Need is something on a page that the usual script does not do and the extended script
// does (M10, R3).
type Need string

// What a page may need the extended script for.
const (
	NeedDigits       Need = "digits"        // a number in digits of another writing system
	NeedLetters      Need = "letters"       // a number in letters
	NeedSplit        Need = "split"         // a number that is split over several elements
	NeedDescriptions Need = "descriptions"  // a number in a description or on a button
	NeedDrawings     Need = "drawings"      // a link with a number in a drawing
	NeedLinks        Need = "links"         // a callto: link
	NeedComponents   Need = "components"    // a number in a component
	NeedAddresses    Need = "addresses"     // an address, a price or the number of an order that contains the number
	NeedFramework    Need = "framework"     // numbers in an element that a framework renders again
	NeedNavigation   Need = "navigation"    // the browser's Navigation API
	NeedSubmits      Need = "submits"       // forms that code sends
	NeedGivenForms   Need = "given_forms"   // a lead that code passes in another way than as a form or values
	NeedCustomFields Need = "custom_fields" // fields of a form that are custom elements
)

// Needs returns every need.
func Needs() []Need {
	return []Need{
		NeedDigits, NeedLetters, NeedSplit, NeedDescriptions, NeedDrawings, NeedLinks, NeedComponents, NeedAddresses, NeedFramework, NeedNavigation,
		NeedSubmits, NeedGivenForms, NeedCustomFields,
	}
}

// need adds needs of the page, each once.
func (r *Report) need(needs ...Need) {
	for _, n := range needs {
		if !slices.Contains(r.Needs, n) {
			r.Needs = append(r.Needs, n)
		}
	}
}

// reportNeeds reports what the page needs the extended script for.
func (r *Report) reportNeeds() {
	switch {
	case len(r.Needs) == 0:
	case r.Script.Extended:
		r.add(OK, AboutScript, ExtendedUsed, Values{Needs: r.Needs})
	default:
		r.add(Warning, AboutScript, ExtendedNeeded, Values{Needs: r.Needs})
	}
}

var (
	navigates = regexp.MustCompile(`\bnavigation\.(?:navigate\(|addEventListener\(\s*["']navigate["'])`)
	// givesOtherwise matches a lead that is passed as a selector, a jQuery object or form data.
	givesOtherwise = regexp.MustCompile("ringback\\(\\s*[\"']lead[\"']\\s*,\\s*(?:[\"'`]|new FormData|(?:\\$|jQuery)\\([^()]*\\)\\s*\\))")
)

// checkCode finds what the page's own code needs.
func (r *Report) checkCode(d document, s *search) {
	for n := range d.live() {
		if n.DataAtom != atom.Script || n.FirstChild == nil || !runs(n) {
			continue
		}
		code := n.FirstChild.Data
		if navigates.MatchString(code) {
			r.need(NeedNavigation)
		}
		if givesOtherwise.MatchString(code) {
			r.need(NeedGivenForms)
		}
		s.keptInCode(code)
		if strings.Contains(code, "attachShadow(") && len(s.knownIn(code)) > 0 {
			r.need(NeedComponents)
		}
	}
}

// rendered reports whether a node is in an element that a framework renders, and renders
// again once it has begun.
func rendered(n *html.Node) bool {
	for parent := range n.Ancestors() {
		id, _ := attribute(parent, "id")
		if id == "root" || id == "app" || has(parent, "data-reactroot") || has(parent, "data-server-rendered") {
			return true
		}
	}
	return false
}

// isRecognized reports whether the usual script finds out by itself that a framework
// renders the page again.
func isRecognized(d document) bool {
	for n := range d.live() {
		id, _ := attribute(n, "id")
		src, _ := attribute(n, "src")
		if strings.HasPrefix(id, "__n") || id == "___gatsby" || strings.Contains(src, "/_next/") {
			return true
		}
	}
	return false
}
