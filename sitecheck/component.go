package sitecheck

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// component is the kind of a component whose content a page declares in HTML.
type component int

const (
	noComponent     component = iota // a template whose content browsers do not show, or another element
	openComponent                    // the extended script changes its content
	closedComponent                  // no script can
)

// componentOf returns the kind of component whose content an element declares.
func componentOf(n *html.Node) component {
	if n.DataAtom != atom.Template {
		return noComponent
	}
	switch mode, _ := attribute(n, "shadowrootmode"); strings.ToLower(mode) {
	case "open":
		return openComponent
	case "closed":
		return closedComponent
	default:
		return noComponent
	}
}

// visitComponents collects the numbers in the content of components, which may contain
// further ones.
func (s *search) visitComponents(d document) {
	for n := range d.root.Descendants() {
		if s.component = componentOf(n); s.component == noComponent || !isShown(n) {
			continue
		}
		walk(n, atom.Template, func(n *html.Node) bool {
			s.visit(n)
			return true
		})
		s.endLine()
	}
	s.component = noComponent
}

// isShown reports whether an element is in no template other than those of components.
func isShown(n *html.Node) bool {
	for parent := range n.Ancestors() {
		if parent.DataAtom == atom.Template && componentOf(parent) == noComponent {
			return false
		}
	}
	return true
}

// reportClosed reports the numbers in components that no script can change.
func (r *Report) reportClosed(s *search) {
	for _, w := range s.known {
		if slices.Contains(s.closed, w) {
			r.add(Warning, AboutNumbers, NumberClosed, Values{Number: w.Number})
		}
	}
}

// place is where a number is on a page.
type place int

const (
	inTexts place = iota
	inLinks
)

// count counts numbers that are replaced.
func (s *search) count(where place, numbers ...*wanted) {
	for _, w := range numbers {
		switch {
		case s.component == closedComponent:
			s.closed = append(s.closed, w)
		case where == inLinks:
			w.Links++
		default:
			w.Texts++
		}
	}
}

// usual counts numbers that the usual script replaces. In components the extended script
// does.
func (s *search) usual(where place, numbers ...*wanted) {
	switch {
	case s.component != openComponent:
		s.count(where, numbers...)
	case where == inLinks:
		s.findsLinks(NeedComponents, numbers...)
	default:
		s.finds(NeedComponents, numbers...)
	}
}
