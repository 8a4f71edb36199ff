package sitecheck

import (
	"net/url"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"ringback/phone"
)

// Offer is a pool, or a number of its own, that is shown in place of numbers on the pages.
type Offer struct {
	ID       string
	Name     string   // "the pool Web site", "the number +12025550143"
	Replaces []string // E.164
	To       string   // whom it is shown to; empty: everybody
}

// Tracking is a tracking number of the site.
type Tracking struct {
	Number string // E.164
	Pool   string // name of its pool; empty: a number of its own
}

// Numbers are the phone numbers on the page.
type Numbers struct {
	Replaced []Replaced
	Others   []Other
}

// Replaced is a number on the page that others are shown in place of.
type Replaced struct {
	Number string  // E.164
	Texts  int     // how often it stands in the page's text
	Links  int     // how many tel: links call it
	By     []Offer // in the order in which they are tried
}

// Other is a number on the page that nothing replaces.
type Other struct {
	Number   string // E.164
	Written  string // as the page has it
	Links    int
	Tracking bool // it is one of the site's own tracking numbers
}

// maxOthers bounds how many numbers that nothing replaces are reported.
const maxOthers = 50

// lookAtNumbers reports the page's phone numbers and what becomes of them.
func (r *Report) lookAtNumbers(d document, site Site) {
	s := newSearch(site)
	for n := range d.live() {
		switch {
		case n.Type == html.TextNode && !hidden(n.Parent):
			s.inText(n.Data)
		case n.DataAtom == atom.A:
			if href, ok := attribute(n, "href"); ok {
				s.inLink(href)
			}
		}
	}
	for _, known := range s.known {
		if known.Texts+known.Links > 0 {
			r.Numbers.Replaced = append(r.Numbers.Replaced, known.Replaced)
		}
	}
	r.Numbers.Others = s.others
	r.sayReplaced(len(s.known))
	r.sayOthers(site, s)
}

// hidden reports whether the text of an element is not for people.
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

// search goes through a page's text and links.
type search struct {
	region string
	known  []*wanted
	others []Other
}

// wanted is a number that others are shown in place of, as the script looks for it.
type wanted struct {
	Replaced
	international, national string // digits
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
					Replaced: Replaced{Number: number}, international: written.Digits, national: written.Dialled,
				})
			}
			s.known[i].By = append(s.known[i].By, offer)
		}
	}
	return s
}

// inText looks for numbers in a piece of text.
func (s *search) inText(text string) {
	known := s.knownIn(text)
	for _, w := range known {
		w.Texts++
	}
	for _, run := range runsOf(text) {
		if len(run.digits) >= minDigits && looksLikePhone(run) && !slices.ContainsFunc(known, run.spells) {
			s.other(run.text, 0)
		}
	}
}

// inLink looks at what a link calls.
func (s *search) inLink(href string) {
	address, ok := telephone(href)
	if !ok {
		return
	}
	known := s.knownIn(address)
	for _, w := range known {
		w.Links++
	}
	if len(known) == 0 {
		s.other(address, 1)
	}
}

// knownIn returns the numbers to be replaced that are in a text, one for each time
// that it is there.
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

// spells reports whether the number is in the run.
func (r run) spells(w *wanted) bool {
	if r.has(w) {
		return true
	}
	if !strings.Contains(r.text, trunk) {
		return false
	}
	return slices.ContainsFunc(runsOf(strings.ReplaceAll(r.text, trunk, "-")), func(abroad run) bool { return abroad.has(w) })
}

// has reports whether the run has the number's digits. What begins with + has the
// country's code: the same digits without it are another number's.
func (r run) has(w *wanted) bool {
	return r.find(w.international) || !strings.HasPrefix(r.text, "+") && r.find(w.national)
}

// telephone returns what a tel: link calls.
func telephone(href string) (string, bool) {
	href = strings.TrimSpace(href)
	if len(href) < len("tel:") || !strings.EqualFold(href[:len("tel:")], "tel:") {
		return "", false
	}
	address, _, _ := strings.Cut(href[len("tel:"):], ";")
	if plain, err := url.PathUnescape(address); err == nil {
		address = plain
	}
	return strings.TrimSpace(address), true
}

// looksLikePhone keeps dates, prices and order numbers out: a phone number in a
// text is as long as one and written in groups, or with its country's code.
func looksLikePhone(r run) bool {
	if len(r.digits) > maxDigits {
		return false
	}
	grouped := slices.Contains(r.starts[1:], true)
	begins := strings.HasPrefix(r.text, "+") || strings.HasPrefix(r.text, "(") || strings.HasPrefix(r.text, "0")
	return strings.HasPrefix(r.text, "+") || grouped && (begins || len(r.digits) >= 10)
}

// other takes down a number that nothing replaces, if it is one.
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
