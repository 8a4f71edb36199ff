package sitecheck

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"ringback/tracker"
)

// Script describes how the page loads the site's script.
type Script struct {
	Found   bool   // browsers load it from the page
	Count   int    // the number of tags
	URL     string // the address in the first tag
	Ours    bool   // the address is that of the settings
	Async   bool
	Version string // the version of the script at that address; empty if it is unknown

	Extended bool // it is the extended script
}

// scriptPath matches the path of a site's script, and that of its extended script.
var scriptPath = regexp.MustCompile(`/s/[A-Za-z0-9]{16,64}(?:` + tracker.ExtendedSuffix + `)?\.js$`)

// extendedEnd is how the path of an extended script ends.
const extendedEnd = tracker.ExtendedSuffix + ".js"

// usualPath returns the path of the usual script of the same site.
func usualPath(path string) string {
	if key, ok := strings.CutSuffix(path, extendedEnd); ok {
		return key + ".js"
	}
	return path
}

// keyAddress returns how the addresses of both scripts of a site begin, without the scheme.
// It is empty if the address is.
func keyAddress(usual *url.URL) string { return strings.TrimSuffix(usual.Host+usual.Path, ".js") }

// version matches the version in a script that Ringback serves: it is the last value, after
// the settings. Scripts of earlier versions begin with it.
var version = regexp.MustCompile(`^/\* ringback ([0-9a-f]{8}) \*/|\},"([0-9a-f]{8})"\)\s*$`)

// VersionOf returns the version of a script, or an empty string if it is not a script of
// Ringback.
func VersionOf(content []byte) string {
	if m := version.FindSubmatch(content); m != nil {
		return cmp.Or(string(m[1]), string(m[2]))
	}
	return ""
}

// tag is one script tag that loads a Ringback script.
type tag struct {
	node *html.Node
	url  *url.URL
	ours bool
}

// checkScript reports on the script's tag and on what prevents it from running.
func (r *Report) checkScript(d document, page Page, site Site) {
	ours, err := url.Parse(site.ScriptURL)
	if err != nil {
		ours = &url.URL{}
	}
	tags, blocked := ringbackTags(d, ours)
	r.Script.Count = len(tags)
	if len(tags) == 0 {
		r.reportMissingTag(d, ours, blocked)
		if r.Script.Found || len(r.TagManagers) > 0 {
			r.checkPolicies(d, page, loading{url: ours, byScript: true})
		}
		return
	}
	first := tags[0]
	r.Script.Found, r.Script.URL, r.Script.Ours = true, first.url.String(), first.ours
	r.Script.Async = has(first.node, "async") || has(first.node, "defer")
	r.checkAddress(first, ours)
	r.checkTag(first, len(tags))
	nonce, _ := attribute(first.node, "nonce")
	r.checkPolicies(d, page, loading{url: first.url, nonce: nonce})
	r.Script.Extended = isExtended(tags)
	switch {
	case first.ours && r.Script.Extended:
		r.Script.Version = site.ExtendedVersion
	case first.ours:
		r.Script.Version = site.Version
	}
	if site.ConsentRequired {
		r.add(OK, AboutScript, ScriptConsent, Values{})
	}
}

// isExtended reports whether the extended script works on a page with these tags: the one
// that runs first works. Of scripts that are loaded in parallel this is in general the
// usual one, which is smaller.
func isExtended(tags []tag) bool {
	if first := tags[0]; !has(first.node, "async") && !has(first.node, "defer") {
		return first.isExtended()
	}
	return !slices.ContainsFunc(tags, func(t tag) bool { return !t.isExtended() })
}

func (t tag) isExtended() bool { return strings.HasSuffix(t.url.Path, extendedEnd) }

// ringbackTags returns the tags that load a script of Ringback, and whether there is one
// that browsers do not run.
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
		tags = append(tags, tag{node: n, url: u, ours: u.Host == ours.Host && usualPath(u.Path) == ours.Path})
	}
	return tags, blocked
}

// runs reports whether browsers run the element as JavaScript.
func runs(n *html.Node) bool {
	kind, ok := attribute(n, "type")
	kind, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(kind)), ";")
	return !ok || kind == "" || kind == "module" || strings.HasSuffix(kind, "/javascript") || strings.HasSuffix(kind, "/ecmascript")
}

// reportMissingTag reports that there is no tag that browsers load, with the reason if
// the page shows it.
func (r *Report) reportMissingTag(d document, ours *url.URL, blocked bool) {
	switch code := mentioned(d, ours); {
	case blocked:
		r.add(Warning, AboutScript, TagHasType, Values{})
	case code == ScriptByCode:
		r.Script.Found, r.Script.Ours, r.Script.URL = true, true, ours.String()
		if codeMentions(d, keyAddress(ours)+extendedEnd) {
			r.Script.Extended, r.Script.URL = true, strings.TrimSuffix(r.Script.URL, ".js")+extendedEnd
		}
		r.add(OK, AboutScript, ScriptByCode, Values{})
	case code != "":
		r.add(Problem, AboutScript, code, Values{})
	case len(r.TagManagers) > 0:
		r.add(Warning, AboutScript, TagByManager, Values{Names: r.TagManagers})
	default:
		r.add(Problem, AboutScript, TagMissing, Values{})
	}
}

// mentioned returns the finding for the place outside live tags in which the script's
// address occurs. ScriptByCode is another script that may load it. It is empty if
// there is no such place.
func mentioned(d document, ours *url.URL) Code {
	address := keyAddress(ours)
	if address == "" {
		return ""
	}
	for n := range d.root.Descendants() {
		switch {
		case n.Type == html.CommentNode && strings.Contains(n.Data, address):
			return TagInComment
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Noscript && strings.Contains(textOf(n), address):
			return TagInNoscript
		case n.DataAtom == atom.Script && !has(n, "src") && runs(n) && strings.Contains(textOf(n), address):
			return ScriptByCode
		case n.DataAtom == atom.Script && loads(d, n, ours): // a live tag would have been found before
			return TagInTemplate
		}
	}
	return ""
}

// codeMentions reports whether the page's own code contains an address.
func codeMentions(d document, address string) bool {
	for n := range d.live() {
		if n.DataAtom == atom.Script && !has(n, "src") && strings.Contains(textOf(n), address) {
			return true
		}
	}
	return false
}

func loads(d document, n *html.Node, ours *url.URL) bool {
	src, _ := attribute(n, "src")
	u, ok := d.resolve(src)
	return ok && u.Host == ours.Host && usualPath(u.Path) == ours.Path
}

// checkAddress reports whose script the tag loads.
func (r *Report) checkAddress(t tag, ours *url.URL) {
	switch {
	case t.ours && t.url.Scheme != "" && ours.Scheme == "https" && t.url.Scheme != "https":
		r.add(Problem, AboutScript, ScriptUnencrypted, Values{})
	case t.ours:
		r.add(OK, AboutScript, ScriptFound, Values{})
	case t.url.Host == ours.Host:
		r.add(Problem, AboutScript, ScriptOfOtherSite, Values{})
	case usualPath(t.url.Path) == ours.Path:
		r.add(Warning, AboutScript, ScriptThroughHost, Values{Host: t.url.Host, OwnHost: ours.Host})
	default:
		r.add(Problem, AboutScript, ScriptOfOtherHost, Values{Host: t.url.Host})
	}
}

// checkTag reports problems with the tag's attributes and with repeated tags.
func (r *Report) checkTag(t tag, count int) {
	if count > 1 {
		r.add(Warning, AboutScript, TagRepeated, Values{Count: count})
	}
	if !r.Script.Async {
		r.add(Warning, AboutScript, TagBlocksPage, Values{})
	}
	if kind, _ := attribute(t.node, "type"); has(t.node, "crossorigin") || strings.EqualFold(kind, "module") {
		r.add(Problem, AboutScript, TagCrossOrigin, Values{})
	}
	if has(t.node, "integrity") {
		r.add(Problem, AboutScript, TagIntegrity, Values{})
	}
}

// AddVersion adds the version of the script at another address. It is empty if it is
// unknown.
func (r *Report) AddVersion(version, current string) {
	r.Script.Version = version
	switch {
	case version == "":
		r.add(Warning, AboutScript, VersionUnknown, Values{})
	case version != current:
		r.add(Warning, AboutScript, VersionOld, Values{Version: version, Current: current})
	default:
		r.add(OK, AboutScript, VersionCurrent, Values{})
	}
}
