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
	r.reportOthers(site, s)
}

// visit collects the numbers in a text, or in the attributes of an element.
func (s *search) visit(n *html.Node) {
	switch {
	case n.Type == html.TextNode && !isUntouched(n):
		known := s.inText(n)
		s.rendered = s.rendered || len(known) > 0 && rendered(n)
	case n.Type == html.ElementNode:
		if !inline[n.Data] {
			s.endLine()
		}
		s.inAttributes(n)
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

	extended bool   // the page loads the extended script
	needs    []Need // what this script finds and the usual one does not
	rendered bool   // a number is in an element that a framework renders
	line     line

	component component // the component whose content is visited
	closed    []*wanted // the numbers in components that no script can change
}

// wanted is a number to replace, with the digits that the script searches for.
type wanted struct {
	Replaced
	international, national, bare, trunk string         // digits; the last two may be empty
	letters                              *regexp.Regexp // matches the number in letters
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
				s.known = append(s.known, &wanted{
					Replaced: Replaced{Number: number}, international: written.Digits, national: written.Dialled, bare: written.Bare, trunk: written.TrunkDigits,
					letters: inLetters(written.Digits, written.Dialled, written.Bare),
				})
			}
			s.known[i].By = append(s.known[i].By, offer)
		}
	}
	return s
}

// inText collects the numbers in a text, and returns those that the usual script replaces.
func (s *search) inText(n *html.Node) []*wanted {
	text := n.Data
	known := s.knownIn(text)
	s.usual(inTexts, known...)
	inDigits := s.extendedIn(text, known)
	for _, run := range runsOf(text) {
		if len(run.digits) >= minDigits && looksLikePhone(run) && !slices.ContainsFunc(known, run.spells) {
			s.other(run.text, 0)
		}
	}
	s.join(n, slices.Concat(known, inDigits))
	return known
}

// inLink collects the number that a link calls.
func (s *search) inLink(href string, inDrawing bool) {
	calls, address, ok := telephone(href)
	if !ok {
		return
	}
	known := s.knownIn(address)
	inDigits, inLetters := added(s.knownIn(plainly(address)), known), s.inLetters(address)
	all := slices.Concat(known, inDigits, inLetters)
	switch {
	case inDrawing:
		s.findsLinks(NeedDrawings, all...)
	case calls != "tel":
		s.findsLinks(NeedLinks, all...)
	default:
		s.usual(inLinks, known...)
		s.findsLinks(NeedDigits, inDigits...)
		s.findsLinks(NeedLetters, inLetters...)
	}
	if len(all) == 0 && !inDrawing {
		s.other(address, 1)
	}
}

// knownIn returns the numbers to replace in a text, once for each occurrence.
func (s *search) knownIn(text string) []*wanted {
	var found []*wanted
	for _, run := range runsOf(text) {
		for _, w := range s.known {
			if len(run.digits) >= minDigits && run.spells(w) {
				found = append(found, w)
			}
		}
	}
	return found
}

// spells reports whether the run contains the number's digits. A run that begins with +
// has a country code, so national digits in it belong to another number.
func (r run) spells(w *wanted) bool {
	return r.find(w.international) || r.find(w.trunk) || !strings.HasPrefix(r.text, "+") && (r.find(w.national) || r.find(w.bare))
}

// separatorByte matches a sign between digits in an address, as the script does.
var separatorByte = regexp.MustCompile(`%2.`)

// telephone returns the scheme of a link that makes a call, tel or callto, and the number
// that it calls.
func telephone(href string) (scheme, address string, ok bool) {
	scheme, address, ok = strings.Cut(strings.TrimSpace(href), ":")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "tel" && scheme != "callto" {
		return "", "", false
	}
	address, _, _ = strings.Cut(address, ";")
	address = separatorByte.ReplaceAllStringFunc(address, func(sign string) string {
		if plain, err := url.PathUnescape(sign); err == nil {
			return plain
		}
		return " "
	})
	return scheme, strings.TrimSpace(address), true
}

// looksLikePhone excludes dates, prices and order numbers. A phone number in a text has
// a country code, or is long enough and written in groups.
func looksLikePhone(r run) bool {
	if len(r.digits) > maxDigits {
		return false
	}
	grouped := slices.Contains(r.starts[1:], true)
	begins := strings.HasPrefix(r.text, "+") || strings.HasPrefix(r.text, "(") || strings.HasPrefix(r.text, "0")
	return strings.HasPrefix(r.text, "+") || grouped && (begins || len(r.digits) >= 10)
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
	if i := slices.IndexFunc(s.others, func(o Other) bool { return o.Number == number.E164 }); i >= 0 {
		s.others[i].Links += links
		if links == 0 {
			s.others[i].Written = short(written)
		}
		return
	}
	if len(s.others) < maxOthers {
		s.others = append(s.others, Other{Number: number.E164, Written: short(written), Links: links})
	}
}
