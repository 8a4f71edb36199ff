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

// hidden says whether the text of an element is not for people.
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

// knownIn gives the numbers to be replaced that are in a text, one for each time
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

// spells says whether the number is in the run.
func (r run) spells(w *wanted) bool {
	if r.has(w) {
		return true
	}
	if !strings.Contains(r.text, trunk) {
		return false
	}
	return slices.ContainsFunc(runsOf(strings.ReplaceAll(r.text, trunk, "-")), func(abroad run) bool { return abroad.has(w) })
}

// has says whether the run has the number's digits. What begins with + has the
// country's code: the same digits without it are another number's.
func (r run) has(w *wanted) bool {
	return r.find(w.international) || !strings.HasPrefix(r.text, "+") && r.find(w.national)
}

// telephone gives what a tel: link calls.
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

// sayReplaced says which of the numbers that are to be replaced are there.
func (r *Report) sayReplaced(known int) {
	for _, found := range r.Numbers.Replaced {
		var by []string
		for _, offer := range found.By {
			by = append(by, offer.Name+" for "+offer.audience())
		}
		r.add(OK, AboutNumbers, found.Number+" would be replaced: it is on the page "+found.where()+".",
			"By the first of these that fits the visit: "+strings.Join(by, "; ")+".")
	}
	switch {
	case known == 0:
		r.add(OK, AboutNumbers, "No pool or number is set to replace numbers on the pages.", "Calls are then known by numbers of their own alone.")
	case len(r.Numbers.Replaced) == 0:
		r.add(Warning, AboutNumbers, "None of the numbers that are to be replaced is on the page.", "If one should be, see how it is written: the script finds digits with spaces, brackets, dots and dashes between them, in one piece of text.")
	}
}

// where says where on the page a number stands.
func (n Replaced) where() string {
	var places []string
	switch {
	case n.Texts == 1:
		places = append(places, "once in the text")
	case n.Texts > 1:
		places = append(places, count(n.Texts, "time")+" in the text")
	}
	if n.Links > 0 {
		places = append(places, "in "+count(n.Links, "tel: link"))
	}
	return strings.Join(places, " and ")
}

// audience says whom an offer is shown to.
func (o Offer) audience() string {
	if o.To == "" {
		return "everybody"
	}
	return "visits with " + o.To
}

// sayOthers says what the numbers are that nothing replaces.
func (r *Report) sayOthers(site Site, s *search) {
	for i := range r.Numbers.Others {
		other := &r.Numbers.Others[i]
		t := slices.IndexFunc(site.Tracking, func(t Tracking) bool { return t.Number == other.Number })
		other.Tracking = t >= 0
		switch {
		case t >= 0 && site.Tracking[t].Pool != "":
			r.add(Problem, AboutNumbers, other.Number+" is written on the page, and is a number of the pool "+site.Tracking[t].Pool+".",
				"Calls to it are taken for calls of whichever session holds it. Write the number there that the pool replaces.")
		case t >= 0:
			r.add(OK, AboutNumbers, other.Number+" is written on the page, and is a tracking number of its own.", "Calls to it are attributed to what it stands for.")
		case slices.ContainsFunc(s.known, func(w *wanted) bool { return w.Number == other.Number }):
			r.add(Warning, AboutNumbers, "The number "+other.Number+" is written so that the script does not find it: "+other.Written+".",
				"Write its digits as they are dialled, from abroad or within the country.")
		case len(s.known) > 0:
			r.add(Warning, AboutNumbers, "The number "+other.Number+" on the page is replaced by nothing.", "Calls to it tell nothing of the visit. Add it to replaces of a pool or a number.")
		}
	}
}
