package sitecheck

import (
	"iter"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// document is a page that was read.
type document struct {
	root *html.Node
	url  *url.URL // what its references start from
}

// baseOf returns what a page's references start from: its own address, unless it says another.
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

// live returns what visitors' browsers act on: everything but what is in templates.
// Comments and what is only for browsers without scripts are no elements at all.
func (d document) live() iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) { walk(d.root, atom.Template, yield) }
}

// walk goes through the nodes below one, in their order, but not into the kind to skip.
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

// resolve returns where a reference leads.
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

// textOf is the text directly below a node, as of a script.
func textOf(n *html.Node) string {
	var text strings.Builder
	for child := range n.ChildNodes() {
		if child.Type == html.TextNode {
			text.WriteString(child.Data)
		}
	}
	return text.String()
}
