package sitecheck

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"ringback/phone"
)

// Tracking is a tracking number of the site.
type Tracking struct {
	Number string // E.164
	Pool   string // the name of its pool; empty if it is in no pool
}

// Numbers are the phone numbers on the page.
type Numbers struct {
	Replaced []Replaced
	Others   []Other
}

// Replaced is a number on the page that the script replaces.
type Replaced struct {
	Number string  // E.164
	Texts  int     // occurrences in the page's text
	Links  int     // tel: links that call it
	By     []Offer // in the order in which they are tried
}

// Other is a number on the page that nothing replaces.
type Other struct {
	Number   string // E.164
	Written  string // its spelling on the page
	Links    int
	Tracking bool // it is one of the site's own tracking numbers
}

// maxOthers limits how many numbers that nothing replaces are reported.
const maxOthers = 50

// checkNumbers reports the page's phone numbers and whether they are replaced.
func (r *Report) checkNumbers(d document, site Site) {
	s := newSearch(site)
	s.extended = r.Script.Extended
	for n := range d.live() {
		s.visit(n)
	}
	s.endLine()
	s.visitComponents(d)
	r.need(s.needs...)
	if s.rendered && !site.SwapAfterLoad && !isRecognized(d) {
		r.need(NeedFramework)
	}
	r.checkCode(d, s)
	for _, known := range s.known {
		if known.Texts+known.Links > 0 {
			r.Numbers.Replaced = append(r.Numbers.Replaced, known.Replaced)
		}
	}
	r.Numbers.Others = s.others
	r.reportReplaced(len(s.known))
	r.reportClosed(s)
	r.reportKept(s)
	r.reportOthers(site, s)
}

// visit collects the numbers in a text, or in the attributes of an element.
func (s *search) visit(n *html.Node) {
	switch {
	case n.Type == html.TextNode && !isUntouched(n):
		known := s.inText(n)
		s.rendered = s.rendered || len(known) > 0 && rendered(n)
	case n.Type == html.CommentNode && n.Data == drawingMark:
		s.endLine()
	case n.Type == html.ElementNode:
		if !inline[n.Data] {
			s.endLine()
		}
		s.inAttributes(n)
		s.keptInAttributes(n)
		if href, ok := attribute(n, "href"); ok && (n.DataAtom == atom.A || n.DataAtom == atom.Area) {
			s.inLink(href, has(n, drawingMark))
		}
	}
}

// isUntouched reports whether both scripts leave a text as it is: it is not shown to
// people, is the title of the page or an option, or people can edit it.
func isUntouched(text *html.Node) bool {
	if hidden(text.Parent) {
		return true
	}
	for parent := range text.Ancestors() {
		if parent.DataAtom == atom.Option || parent.DataAtom == atom.Title || isEditable(parent) {
			return true
		}
	}
	return false
}

// isEditable reports whether people can edit the content of an element.
func isEditable(n *html.Node) bool {
	editable, ok := attribute(n, "contenteditable")
	return ok && slices.Contains([]string{"", "true", "plaintext-only"}, strings.ToLower(editable))
}

// hidden reports whether the text of an element is not shown to people.
func hidden(n *html.Node) bool {
	if n == nil {
		return false
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Iframe, atom.Noembed, atom.Noframes, atom.Textarea:
		return true
	default:
		return false
	}
}

// search collects the numbers in a page's text and links.
type search struct {
	region string
	known  []*wanted
	others []Other

	spellings []*spelling // of the known numbers

	extended bool   // the page loads the extended script
	needs    []Need // what this script finds and the usual one does not
	rendered bool   // a number is in an element that a framework renders
	line     line

	component component // the component whose content is visited
	closed    []*wanted // the numbers in components that no script can change

	kept []keptLink
}

// wanted is a number to replace.
type wanted struct {
	Replaced
	spellings []*spelling
	letters   *regexp.Regexp // matches the number in letters
}

func newSearch(site Site) *search {
	s := &search{region: site.Region}
	for _, offer := range site.Offers {
		for _, number := range offer.Replaces {
			i := slices.IndexFunc(s.known, func(w *wanted) bool { return w.Number == number })
			if i < 0 {
				written, err := phone.Formats(number)
				if err != nil {
					continue
				}
				i = len(s.known)
				w := &wanted{Replaced: Replaced{Number: number}}
				w.spellings = spellingsOf(w, written)
				w.letters = inLetters(w.spellings)
				s.known, s.spellings = append(s.known, w), append(s.spellings, w.spellings...)
			}
			s.known[i].By = append(s.known[i].By, offer)
		}
	}
	return s
}

// inText collects the numbers in a text, and returns those that the usual script replaces.
func (s *search) inText(n *html.Node) []*wanted {
	text := asUnits(n.Data)
	matches := s.matchesIn(text)
	known := replacedOf(matches)
	s.usual(inTexts, known...)
	s.join(n, s.extendedIn(text, known))
	s.keptIn(text, matches, 0)
	for _, run := range runsOf(text) {
		for len(matches) > 0 && matches[0].end <= run.start {
			matches = matches[1:]
		}
		isKnown := len(matches) > 0 && matches[0].start < run.end
		if len(run.digits) >= minDigits && looksLikePhone(run) && !isKnown {
			s.other(run.text, 0)
		}
	}
	return known
}

// replacedOf returns the numbers of the matches that the script replaces, once for each.
func replacedOf(matches []match) []*wanted {
	var out []*wanted
	for _, m := range matches {
		if !m.kept {
			out = append(out, m.of)
		}
	}
	return out
}

// keptIn adds the numbers to replace that the script leaves as they are written.
func (s *search) keptIn(text string, matches []match, links int) {
	for _, m := range matches {
		if m.kept && !m.another {
			around := text[headStart(text, m.start):min(m.end+len("/00"), len(text))]
			s.add(Other{Number: m.of.Number, Written: short(around), Links: links})
		}
	}
}

// headStart returns where the word before a position in a text begins.
func headStart(text string, at int) int {
	return strings.LastIndexByte(strings.TrimRight(text[:at], " "), ' ') + 1
}

// inLink collects the number that a link calls.
func (s *search) inLink(href string, inDrawing bool) {
	calls, address, ok := telephone(href)
	if !ok {
		return
	}
	href = asUnits(href)
	matches := s.matchesIn(href)
	known, inAllDigits := replacedOf(matches), s.extendedDigits(plainly(href))
	inDigits, inLetters := added(inAllDigits, known), s.inLetters(href)
	all := slices.Concat(inAllDigits, inLetters)
	switch {
	case inDrawing:
		s.findsLinks(NeedDrawings, all...)
	case calls != "tel":
		s.findsLinks(NeedLinks, all...)
	case s.extended:
		s.usual(inLinks, all...)
	default:
		s.usual(inLinks, known...)
	}
	if calls == "tel" && !inDrawing {
		s.need(NeedDigits, inDigits)
		s.need(NeedLetters, inLetters)
	}
	s.keptIn(href, matches, 1)
	if len(matches)+len(all) == 0 && !inDrawing {
		s.other(address, 1)
	}
}

// knownIn returns the numbers that the script replaces in a text, once for each occurrence.
func (s *search) knownIn(text string) []*wanted { return replacedOf(s.matchesIn(text)) }

// telephone returns the scheme of a link that makes a call, tel or callto, and the number
// that it calls.
func telephone(href string) (scheme, address string, ok bool) {
	scheme, address, ok = strings.Cut(strings.TrimSpace(href), ":")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "tel" && scheme != "callto" {
		return "", "", false
	}
	address, _, _ = strings.Cut(address, ";")
	if decoded, err := url.PathUnescape(address); err == nil {
		address = decoded
	}
	return scheme, strings.TrimSpace(address), true
}

// other adds a number that nothing replaces, if written is a phone number.
func (s *search) other(written string, links int) {
	number, err := phone.Normalize(written, s.region)
	if err != nil || number.E164 == "" {
		return
	}
	if parsed, err := phonenumbers.Parse(number.E164, ""); err != nil || links == 0 && !phonenumbers.IsValidNumber(parsed) {
		return
	}
	s.add(Other{Number: number.E164, Written: short(written), Links: links})
}

// add adds a number that nothing replaces, or counts it again.
func (s *search) add(found Other) {
	if i := slices.IndexFunc(s.others, func(o Other) bool { return o.Number == found.Number }); i >= 0 {
		s.others[i].Links += found.Links
		if found.Links == 0 {
			s.others[i].Written = found.Written
		}
		return
	}
	if len(s.others) < maxOthers {
		s.others = append(s.others, found)
	}
}
