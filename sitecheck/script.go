package sitecheck

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Script is what was found of the site's script.
type Script struct {
	Found   bool   // a browser would load it from the page as it is
	Count   int    // how many tags
	URL     string // where the first one loads it from
	Ours    bool   // from the address that the settings name
	Async   bool
	Version string // of the script at that address; empty: not known
}

// scriptPath is the path of every site's script.
var scriptPath = regexp.MustCompile(`/s/[A-Za-z0-9]{16,64}\.js$`)

// banner starts every script that Ringback serves.
var banner = regexp.MustCompile(`^/\* ringback ([0-9a-f]{8}) \*/`)

// VersionOf reads the version from the beginning of a script; empty: it is none of Ringback's.
func VersionOf(content []byte) string {
	if m := banner.FindSubmatch(content); m != nil {
		return string(m[1])
	}
	return ""
}

// tag is one script tag that loads a Ringback script.
type tag struct {
	node *html.Node
	url  *url.URL
	ours bool
}

// lookForScript reports on the script's tag and what would keep it from running.
func (r *Report) lookForScript(d document, page Page, site Site) {
	ours, err := url.Parse(site.ScriptURL)
	if err != nil {
		ours = &url.URL{}
	}
	tags, blocked := ringbackTags(d, ours)
	r.Script.Count = len(tags)
	if len(tags) == 0 {
		r.withoutTag(d, ours, blocked)
		if r.Script.Found || len(r.TagManagers) > 0 {
			r.lookAtPolicies(d, page, loading{url: ours, byScript: true})
		}
		return
	}
	first := tags[0]
	r.Script.Found, r.Script.URL, r.Script.Ours = true, first.url.String(), first.ours
	r.Script.Async = has(first.node, "async") || has(first.node, "defer")
	r.lookAtAddress(first, ours)
	r.lookAtTag(first, len(tags))
	nonce, _ := attribute(first.node, "nonce")
	r.lookAtPolicies(d, page, loading{url: first.url, nonce: nonce})
	if first.ours {
		r.Script.Version = site.Version
	}
	if site.ConsentRequired {
		r.add(OK, AboutScript, "The script waits for consent.", "It stores and sends nothing before the page calls ringback('consent', true).")
	}
}

// ringbackTags finds the tags that load a script of Ringback, and reports whether
// there is one that browsers do not run.
func ringbackTags(d document, ours *url.URL) (tags []tag, blocked bool) {
	for n := range d.live() {
		if n.DataAtom != atom.Script {
			continue
		}
		src, ok := attribute(n, "src")
		if !ok {
			continue
		}
		u, ok := d.resolve(src)
		if !ok || u.Host == "" || !scriptPath.MatchString(u.Path) {
			continue
		}
		if !runs(n) {
			blocked = true
			continue
		}
		tags = append(tags, tag{node: n, url: u, ours: u.Host == ours.Host && u.Path == ours.Path})
	}
	return tags, blocked
}

// runs reports whether browsers take the element for JavaScript.
func runs(n *html.Node) bool {
	kind, ok := attribute(n, "type")
	kind, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(kind)), ";")
	return !ok || kind == "" || kind == "module" || strings.HasSuffix(kind, "/javascript") || strings.HasSuffix(kind, "/ecmascript")
}

// withoutTag says why there is no tag that browsers load, as far as the page tells.
func (r *Report) withoutTag(d document, ours *url.URL, blocked bool) {
	switch where := mentioned(d, ours); {
	case blocked:
		r.add(Warning, AboutScript, "The script's tag is switched off by its type.",
			"A consent tool may switch it on once a visitor agrees. Otherwise remove the attribute type from the tag.")
	case where == "code":
		r.Script.Found, r.Script.Ours, r.Script.URL = true, true, ours.String()
		r.add(OK, AboutScript, "A script on the page loads the site's script.", "Whether it always does cannot be seen without running it.")
	case where != "":
		r.add(Problem, AboutScript, "The script's tag is "+where+".", "Browsers do not load it there. Move it into the head of the page.")
	case len(r.TagManagers) > 0:
		r.add(Warning, AboutScript, "The script's tag is not on the page itself.",
			"It may come from the tag manager ("+strings.Join(r.TagManagers, ", ")+"), which this check does not run. The settings of the script say when it was last seen at work.")
	default:
		r.add(Problem, AboutScript, "The script's tag is missing.", "Paste it into the head of every page; the settings of the script have it.")
	}
}

// mentioned says where the script's address stands outside of tags: "code" is
// another script that may load it.
func mentioned(d document, ours *url.URL) string {
	address := ours.Host + ours.Path
	if address == "" {
		return ""
	}
	for n := range d.root.Descendants() {
		switch {
		case n.Type == html.CommentNode && strings.Contains(n.Data, address):
			return "inside a comment"
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Noscript && strings.Contains(textOf(n), address):
			return "inside noscript, which is for browsers without scripts"
		case n.DataAtom == atom.Script && !has(n, "src") && runs(n) && strings.Contains(textOf(n), address):
			return "code"
		case n.DataAtom == atom.Script && loads(d, n, ours): // none is live, or it had been found
			return "inside a template"
		}
	}
	return ""
}

func loads(d document, n *html.Node, ours *url.URL) bool {
	src, _ := attribute(n, "src")
	u, ok := d.resolve(src)
	return ok && u.Host == ours.Host && u.Path == ours.Path
}

// lookAtAddress says whose script the tag loads.
func (r *Report) lookAtAddress(t tag, ours *url.URL) {
	switch {
	case t.ours && t.url.Scheme != "" && ours.Scheme == "https" && t.url.Scheme != "https":
		r.add(Problem, AboutScript, "The script's tag asks for it without encryption.", "Begin its address with https://, or browsers refuse it on pages with https.")
	case t.ours:
		r.add(OK, AboutScript, "The site's script is on the page.", "")
	case t.url.Host == ours.Host:
		r.add(Problem, AboutScript, "The script on the page is that of another site.", "Its visits and leads go to that site. Take the tag from this site's settings of the script.")
	case t.url.Path == ours.Path:
		r.add(Warning, AboutScript, "The site's script is loaded from another address: "+t.url.Host+".", "That is fine if that address passes everything on to "+ours.Host+".")
	default:
		r.add(Problem, AboutScript, "The script on the page is from another Ringback: "+t.url.Host+".", "Nothing of this page arrives here. Take the tag from this site's settings of the script.")
	}
}

// lookAtTag says what the tag's attributes and repeats do.
func (r *Report) lookAtTag(t tag, count int) {
	if count > 1 {
		r.add(Warning, AboutScript, fmt.Sprintf("The script's tag is on the page %d times.", count), "Once is enough. It works once all the same, if they load the same script.")
	}
	if !r.Script.Async {
		r.add(Warning, AboutScript, "The page waits for the script.", "Put async into its tag, so that the page shows without it.")
	}
	if kind, _ := attribute(t.node, "type"); has(t.node, "crossorigin") || strings.EqualFold(kind, "module") {
		r.add(Problem, AboutScript, "The script's tag has the attribute crossorigin or type=\"module\".", "With either, browsers refuse a script of another host that does not expect it. Remove the attribute.")
	}
	if has(t.node, "integrity") {
		r.add(Problem, AboutScript, "The script's tag has the attribute integrity.", "The script changes with its versions and the site's settings; then browsers refuse it. Remove the attribute.")
	}
}

// SawVersion takes down which version the script at another address has.
func (r *Report) SawVersion(version, current string) {
	r.Script.Version = version
	switch {
	case version == "":
		r.add(Warning, AboutScript, "Which version of the script is loaded is not known.", "What is at its address does not begin like a script of Ringback, or could not be fetched.")
	case version != current:
		r.add(Warning, AboutScript, "The script that is loaded is another version ("+version+") than the current one ("+current+").", "It is a copy, or kept by something in between. Load it from the address in the settings.")
	default:
		r.add(OK, AboutScript, "The script that is loaded is the current version.", "")
	}
}
