package sitecheck

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"ringback/phone"
)

// finds adds what the page needs the extended script for, if there are numbers in its text
// that only this script replaces. The numbers count as replaced if the page loads it.
func (s *search) finds(need Need, numbers ...*wanted) { s.findsIn(inTexts, need, numbers) }

// findsLinks does the same with the numbers of links.
func (s *search) findsLinks(need Need, numbers ...*wanted) { s.findsIn(inLinks, need, numbers) }

func (s *search) findsIn(where place, need Need, numbers []*wanted) {
	s.need(need, numbers)
	if s.extended || s.component == closedComponent {
		s.count(where, numbers...)
	}
}

// need adds what the page needs the extended script for, if there are such numbers.
func (s *search) need(need Need, numbers []*wanted) {
	if len(numbers) > 0 && s.component != closedComponent {
		s.needs = append(s.needs, need)
	}
}

// extendedIn finds what the extended script does with a text in which the usual script
// replaces the known numbers. It returns the numbers in digits that the extended script
// replaces.
func (s *search) extendedIn(text string, known []*wanted) []*wanted {
	plain := plainly(text)
	isPlain := plain == text
	var all []*wanted
	for _, m := range s.matchesIn(plain) {
		inPlainDigits := isPlain || slices.Contains(known, m.of)
		if !m.kept && !m.inNoPhone(plain, !inPlainDigits) {
			all = append(all, m.of)
		}
	}
	s.finds(NeedDigits, added(all, known)...)
	s.finds(NeedLetters, s.inLetters(text)...)
	for _, w := range added(known, all) {
		s.needs = append(s.needs, NeedAddresses)
		if s.extended && s.component != closedComponent {
			w.Texts-- // it is kept
		}
	}
	return all
}

// extendedKnown returns the numbers that the extended script replaces in a text.
func (s *search) extendedKnown(text string) []*wanted {
	text = plainly(asUnits(text))
	return append(s.extendedDigits(text), s.inLetters(text)...)
}

// extendedDigits returns those in digits, in a text with plain digits.
func (s *search) extendedDigits(plain string) []*wanted {
	var known []*wanted
	for _, m := range s.matchesIn(plain) {
		if !m.kept && !m.inNoPhone(plain, false) {
			known = append(known, m.of)
		}
	}
	return known
}

// inLetters returns the numbers that a text has in letters.
func (s *search) inLetters(text string) []*wanted {
	var found []*wanted
	dialled := onKeys(text)
	for _, w := range s.known {
		if w.isDialledBy(dialled) && slices.ContainsFunc(w.letters.FindAllString(text, -1), isVanity) {
			found = append(found, w)
		}
	}
	return found
}

// added returns a list without the numbers of another one. A number that is twice in the
// first and once in the other is left once.
func added(all, without []*wanted) []*wanted {
	left := map[*wanted]int{}
	for _, w := range without {
		left[w]++
	}
	var rest []*wanted
	for _, w := range all {
		if left[w]--; left[w] < 0 {
			rest = append(rest, w)
		}
	}
	return rest
}

// fullWidth replaces the full-width signs of phone numbers.
var fullWidth = strings.NewReplacer("＋", "+", "（", "(", "）", ")")

// plainly returns a text with plain digits, plus signs and brackets, as the extended script
// reads it.
func plainly(text string) string { return fullWidth.Replace(phone.PlainDigits(text)) }

// keys holds the letters on the keys of a telephone.
var keys = [...]string{"", "", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"}

// keyOf holds the digit of the key for each digit and letter, in all forms that expressions
// without case match.
var keyOf = func() map[rune]rune {
	of := map[rune]rune{}
	for i, letters := range keys {
		digit := '0' + rune(i)
		of[digit] = digit
		for _, letter := range letters {
			of[letter] = digit
			for r := unicode.SimpleFold(letter); r != letter; r = unicode.SimpleFold(r) {
				of[r] = digit
			}
		}
	}
	return of
}()

// onKeys returns the digits that the digits and letters of a text dial. It is empty if the
// text has no digit, because a number in letters begins with one.
func onKeys(text string) string {
	if !strings.ContainsAny(text, "0123456789") {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if digit, ok := keyOf[r]; ok {
			return digit
		}
		return -1
	}, text)
}

// isDialledBy reports whether the digits that a text dials contain the number's. Texts
// without them cannot match letters, which takes a hundred times as long to find out.
func (w *wanted) isDialledBy(dialled string) bool {
	return slices.ContainsFunc(w.spellings, func(known *spelling) bool { return strings.Contains(dialled, known.digits) })
}

// inLetters returns the expression that matches a number in digits and letters.
func inLetters(spellings []*spelling) *regexp.Regexp {
	var each []string
	for _, known := range spellings {
		var classes []string
		for _, digit := range known.digits {
			classes = append(classes, "["+string(digit)+keys[digit-'0']+"]")
		}
		each = append(each, strings.Join(classes, `[\s().\x{ad}\x{200b}\x{2010}-\x{2015}-]*`))
	}
	return inGo(`(?i)(?:^|[^\w@./+-])\(?(?:` + strings.Join(each, "|") + `)[a-z]*(?:$|[^\w@.-]|\.(?:$|\W))`)
}

var (
	threeLetters = regexp.MustCompile(`(?i)[a-z](?:[^a-z]*[a-z]){2}`)
	smallWord    = regexp.MustCompile(`\d[\s()]+[a-z]`)
	digitFirst   = regexp.MustCompile(`^[^a-zA-Z]*\d`)
)

// isVanity reports whether a match is a number in letters. Digits alone are none, and neither
// is a count, such as "800 flowers".
func isVanity(match string) bool {
	return threeLetters.MatchString(match) && digitFirst.MatchString(match) && !smallWord.MatchString(match)
}

// likeLink matches a text that begins like the address of a link. The extended script takes
// it for one.
var likeLink = inGo(`(?i)^[\s]*(?:tel|callto):[^\s]`)

// inNoPhone reports whether the extended script keeps the digits, because they are a part
// of something else. Divided means that they are in digits of another writing system.
func (m match) inNoPhone(text string, divided bool) bool {
	head, tail := text[max(m.start-maxContext, 0):m.start], text[m.end:min(m.end+maxContext, len(text))]
	if likeLink.MatchString(text) {
		return false
	}
	undivided := !divided && text[m.start:m.end] == m.digits && !strings.HasSuffix(head, "+")
	return isPartOf(head, tail) || undivided && isOrder(head, tail)
}

// inAttributes finds the numbers in the attributes of an element that people read.
func (s *search) inAttributes(n *html.Node) {
	for _, a := range n.Attr {
		switch a.Key {
		case "aria-label", "aria-description", "title", "alt":
			s.finds(NeedDescriptions, s.extendedKnown(a.Val)...)
		case "value":
			if kind, _ := attribute(n, "type"); n.DataAtom == atom.Input && slices.Contains([]string{"submit", "button", "reset"}, strings.ToLower(kind)) {
				s.finds(NeedDescriptions, s.extendedKnown(a.Val)...)
			}
		case "xlink:href":
			if _, _, ok := telephone(a.Val); ok {
				s.findsLinks(NeedDrawings, s.knownIn(plainly(asUnits(a.Val)))...)
			}
		}
	}
}

// inline lists the elements that do not separate texts.
var inline = setOf("tspan", "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "mark", "nobr", "s", "small", "span", "strong", "sub", "sup",
	"tt", "u", "wbr")

// line is a sequence of texts that people read without a break between them.
type line struct {
	block *html.Node
	texts []string
	known []*wanted // the numbers that are whole in one of the texts
}

// blockOf returns the element whose texts a node is read with.
func blockOf(n *html.Node) *html.Node {
	for parent := range n.Ancestors() {
		if !inline[parent.Data] {
			return parent
		}
	}
	return nil
}

// join adds a text, in which the extended script replaces the numbers, to the line that it continues, or
// begins a new one.
func (s *search) join(n *html.Node, known []*wanted) {
	if block := blockOf(n); block != s.line.block {
		s.endLine()
		s.line.block = block
	}
	s.line.texts = append(s.line.texts, n.Data)
	s.line.known = append(s.line.known, known...)
}

// endLine finds the numbers that are split over the texts of a line.
func (s *search) endLine() {
	if len(s.line.texts) > 1 {
		s.finds(NeedSplit, added(s.extendedKnown(strings.Join(s.line.texts, "")), s.line.known)...)
	}
	s.line = line{}
}
