package sitecheck

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// keptLink is a link of another kind than tel:, or code that calls. Both scripts leave the
// number in it.
type keptLink struct {
	of      *wanted
	written string // the link or the code, as the page has it
}

// maxKept limits how many such links are reported.
const maxKept = 20

// messengers lists the schemes of links that call or write to a number.
var messengers = []string{"sms", "smsto", "mms", "whatsapp", "viber", "skype", "facetime", "facetime-audio", "sip", "sips", "tg", "imessage"}

// callsInCode matches code that opens a link that makes a call, up to the end of the number.
var callsInCode = regexp.MustCompile(`(?i)(?:tel|callto):[^"'<>;]{1,60}`)

// keptInAttributes finds the numbers to replace in links of other kinds, and in attributes
// from which code makes a call.
func (s *search) keptInAttributes(n *html.Node) {
	if n.DataAtom == atom.Meta {
		return
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "href":
			if _, _, calls := telephone(a.Val); !calls && writes(a.Val) {
				s.keep(a.Val, a.Val)
			}
		case a.Key == "xlink:href", strings.HasPrefix(a.Key, "aria-"), a.Key == "title", a.Key == "alt", a.Key == "value":
		default:
			s.keptInCode(a.Val)
		}
	}
}

// writes reports whether a link opens a messenger for a number.
func writes(href string) bool {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return slices.Contains(messengers, strings.ToLower(u.Scheme)) || host == "wa.me" || host == "whatsapp.com" || strings.HasSuffix(host, ".whatsapp.com") ||
		host == "t.me" || host == "viber.click"
}

// keptInCode finds the numbers to replace in code that makes a call.
func (s *search) keptInCode(code string) {
	for _, call := range callsInCode.FindAllString(code, maxKept) {
		s.keep(call, call)
	}
}

// keep adds the numbers to replace in a text that both scripts leave as it is.
func (s *search) keep(text, written string) {
	for _, m := range s.matchesIn(asUnits(text)) {
		known := slices.ContainsFunc(s.kept, func(k keptLink) bool { return k.of == m.of && k.written == short(written) })
		if !m.another && !known && len(s.kept) < maxKept {
			s.kept = append(s.kept, keptLink{of: m.of, written: short(written)})
		}
	}
}

// reportKept reports the links of other kinds that keep a number.
func (r *Report) reportKept(s *search) {
	for _, k := range s.kept {
		r.add(Warning, AboutNumbers, NumberKeptInLink, Values{Number: k.of.Number, Written: k.written})
	}
}
