package sitecheck

import (
	"iter"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// document is a parsed page.
type document struct {
	root *html.Node
	url  *url.URL // the base of its references
}

// baseOf returns the base of a page's references: its base element, or its own URL if
// there is none.
func baseOf(page string, root *html.Node) *url.URL {
	base, err := url.Parse(page)
	if err != nil {
		base = &url.URL{}
	}
	for n := range root.Descendants() {
		if n.DataAtom != atom.Base {
			continue
		}
		if href, ok := attribute(n, "href"); ok {
			if u, err := base.Parse(strings.TrimSpace(href)); err == nil {
				return u
			}
		}
	}
	return base
}

// live returns the nodes that browsers act on, which are all outside templates. The
// content of comments and noscript elements is not parsed into elements.
func (d document) live() iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) { walk(d.root, atom.Template, yield) }
}

// walk visits the nodes below n in document order, except for elements of the kind to
// skip and their content.
func walk(n *html.Node, skip atom.Atom, yield func(*html.Node) bool) bool {
	for child := range n.ChildNodes() {
		if child.Type == html.ElementNode && child.DataAtom == skip {
			continue
		}
		if !yield(child) || !walk(child, skip, yield) {
			return false
		}
	}
	return true
}

// resolve returns the absolute URL of a reference.
func (d document) resolve(reference string) (*url.URL, bool) {
	u, err := d.url.Parse(strings.TrimSpace(reference))
	return u, err == nil
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func has(n *html.Node, name string) bool {
	_, ok := attribute(n, name)
	return ok
}

// textOf returns the text directly below a node, such as the code of a script.
func textOf(n *html.Node) string {
	var text strings.Builder
	for child := range n.ChildNodes() {
		if child.Type == html.TextNode {
			text.WriteString(child.Data)
		}
	}
	return text.String()
}
