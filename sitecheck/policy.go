package sitecheck

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// policy is one Content Security Policy: the sources of each directive. If a page has
// several policies, all of them must allow what it loads (CSP Level 3, section 8.1).
type policy map[string][]string

// policiesOf returns the policies in a page's headers and meta elements, without those
// that only report.
func policiesOf(d document, headers []string) []policy {
	texts := slices.Clone(headers)
	for n := range d.live() {
		if n.DataAtom != atom.Meta {
			continue
		}
		if kind, _ := attribute(n, "http-equiv"); strings.EqualFold(strings.TrimSpace(kind), "Content-Security-Policy") {
			content, _ := attribute(n, "content")
			texts = append(texts, content)
		}
	}
	var out []policy
	for _, text := range texts {
		for one := range strings.SplitSeq(text, ",") {
			if p := parsePolicy(one); len(p) > 0 {
				out = append(out, p)
			}
		}
	}
	return out
}

// parsePolicy parses a policy. If a directive occurs twice, the first one counts.
func parsePolicy(text string) policy {
	p := policy{}
	for directive := range strings.SplitSeq(text, ";") {
		words := strings.Fields(directive)
		if len(words) == 0 {
			continue
		}
		name := strings.ToLower(words[0])
		if _, twice := p[name]; !twice {
			p[name] = words[1:]
		}
	}
	return p
}

// sources returns the sources of the first of these directives that the policy has.
func (p policy) sources(directives ...string) ([]string, bool) {
	for _, name := range directives {
		if sources, ok := p[name]; ok {
			return sources, true
		}
	}
	return nil, false
}

// loading describes how the page loads the script.
type loading struct {
	url      *url.URL
	nonce    string
	byScript bool // another script loads it and passes its trust on
}

// checkPolicies reports whether the page's security policies allow the script to load
// and to send.
func (r *Report) checkPolicies(d document, page Page, l loading) {
	policies := policiesOf(d, page.Policies)
	if len(policies) == 0 {
		return
	}
	origin, err := url.Parse(page.URL)
	if err != nil {
		return
	}
	sending := *l.url
	sending.Path = strings.TrimSuffix(l.url.Path, ".js") + "/views"
	loads, sends := true, true
	for _, p := range policies { // only the first policy that blocks is reported
		if sources, ok := p.sources("script-src-elem", "script-src", "default-src"); loads && ok && !allowsScript(sources, origin, l) {
			loads = false
			r.add(Problem, AboutPolicy, remedy(sources), Values{Address: originText(l.url)})
		}
		if sources, ok := p.sources("connect-src", "default-src"); sends && ok && !allows(sources, origin, &sending) {
			sends = false
			r.add(Problem, AboutPolicy, PolicyBlocksData, Values{Address: originText(l.url)})
		}
	}
	if loads && sends {
		r.add(OK, AboutPolicy, PolicyAllows, Values{})
	}
}

// remedy returns the finding for sources that do not allow the script. It depends on what
// would allow it.
func remedy(sources []string) Code {
	if hasKeyword(sources, "'strict-dynamic'") {
		return PolicyNeedsNonce
	}
	return PolicyBlocksScript
}

func originText(u *url.URL) string { return u.Scheme + "://" + u.Host }

// allowsScript reports whether the sources allow the script, by its address or its
// nonce.
func allowsScript(sources []string, page *url.URL, l loading) bool {
	if l.nonce != "" && slices.Contains(sources, "'nonce-"+l.nonce+"'") {
		return true
	}
	if hasKeyword(sources, "'strict-dynamic'") { // host sources do not count then
		return l.byScript
	}
	return allows(sources, page, l.url)
}

func hasKeyword(sources []string, keyword string) bool {
	return slices.ContainsFunc(sources, func(source string) bool { return strings.EqualFold(source, keyword) })
}

// allows reports whether one of the sources matches the address (CSP Level 3, section 6.7.2).
func allows(sources []string, page, target *url.URL) bool {
	return slices.ContainsFunc(sources, func(source string) bool { return matches(source, page, target) })
}

func matches(source string, page, target *url.URL) bool {
	lower := strings.ToLower(source)
	switch {
	case lower == "*":
		return target.Scheme == "https" || target.Scheme == "http"
	case lower == "'self'":
		return page.Host == target.Host && schemeFits(page.Scheme, target.Scheme)
	case strings.HasPrefix(lower, "'"):
		return false
	case strings.HasSuffix(lower, ":") && !strings.Contains(lower, "/"):
		return schemeFits(strings.TrimSuffix(lower, ":"), target.Scheme)
	default:
		return matchesHost(source, page, target)
	}
}

// matchesHost matches a source such as https://*.example.com:8443/s/.
func matchesHost(source string, page, target *url.URL) bool {
	scheme, rest, found := strings.Cut(source, "://")
	if !found {
		scheme, rest = page.Scheme, source
	}
	if !schemeFits(strings.ToLower(scheme), target.Scheme) {
		return false
	}
	host, path, hasPath := strings.Cut(rest, "/")
	host, port, hasPort := strings.Cut(strings.ToLower(host), ":")
	name := strings.ToLower(target.Hostname())
	if below, wild := strings.CutPrefix(host, "*."); wild {
		if !strings.HasSuffix(name, "."+below) {
			return false
		}
	} else if host != name {
		return false
	}
	if !portFits(port, hasPort, target) {
		return false
	}
	path = "/" + path
	return !hasPath || path == "/" || path == target.Path || strings.HasSuffix(path, "/") && strings.HasPrefix(target.Path, path)
}

// schemeFits reports whether a source with the scheme allowed matches scheme. A source
// with http also allows https.
func schemeFits(allowed, scheme string) bool {
	return allowed == scheme || allowed == "http" && scheme == "https"
}

func portFits(port string, given bool, target *url.URL) bool {
	usual := map[string]string{"http": "80", "https": "443"}[target.Scheme]
	actual := target.Port()
	if actual == "" {
		actual = usual
	}
	if !given {
		return actual == usual
	}
	return port == "*" || port == actual || port == "80" && actual == "443" && target.Scheme == "https"
}
