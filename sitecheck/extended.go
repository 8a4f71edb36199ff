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
	closed := s.component == closedComponent
	if len(numbers) > 0 && !closed {
		s.needs = append(s.needs, need)
	}
	if s.extended || closed {
		s.count(where, numbers...)
	}
}

// extendedIn finds what the extended script does with a text, besides what the usual
// script does. Known are the numbers that the usual script finds. It returns those that
// are in digits of another writing system.
func (s *search) extendedIn(text string, known []*wanted) []*wanted {
	inDigits := added(s.knownIn(plainly(text)), known)
	s.finds(NeedDigits, inDigits...)
	s.finds(NeedLetters, s.inLetters(text)...)
	for _, w := range s.known {
		if slices.Contains(known, w) && w.inNoPhone(text) {
			s.needs = append(s.needs, NeedAddresses)
			if s.extended {
				w.Texts-- // it is kept
			}
		}
	}
	return inDigits
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
	rest := slices.Clone(all)
	for _, w := range without {
		if i := slices.Index(rest, w); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
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
	return slices.ContainsFunc([]string{w.international, w.national, w.bare}, func(digits string) bool {
		return digits != "" && strings.Contains(dialled, digits)
	})
}

// inLetters returns the expression that matches a number in digits and letters.
func inLetters(numbers ...string) *regexp.Regexp {
	var each []string
	for _, number := range numbers {
		var classes []string
		for _, digit := range number {
			classes = append(classes, "["+string(digit)+keys[digit-'0']+"]")
		}
		if len(classes) > 0 {
			each = append(each, strings.Join(classes, `[\s().\x{ad}\x{200b}\x{2010}-\x{2015}-]*`))
		}
	}
	return regexp.MustCompile(`(?i)(?:^|[^\w@./+-])\(?(?:` + strings.Join(each, "|") + `)[a-z]*(?:$|[^\w@.-]|\.(?:$|\W))`)
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

// inNoPhone reports whether a text contains the number's digits as a part of something
// else.
func (w *wanted) inNoPhone(text string) bool {
	for _, digits := range []string{w.international, w.national, w.bare, w.trunk} {
		if head, tail, ok := strings.Cut(text, digits); ok && digits != "" && !endsInDigit(head) && !beginsWithDigit(tail) && isNoPhone(head, tail) {
			return true
		}
	}
	return false
}

func endsInDigit(text string) bool {
	return text != "" && text[len(text)-1] >= '0' && text[len(text)-1] <= '9'
}

func beginsWithDigit(text string) bool { return text != "" && text[0] >= '0' && text[0] <= '9' }

// inAttributes finds the numbers in the attributes of an element that people read.
func (s *search) inAttributes(n *html.Node) {
	for _, a := range n.Attr {
		switch a.Key {
		case "aria-label", "aria-description", "title", "alt":
			s.finds(NeedDescriptions, s.knownIn(plainly(a.Val))...)
		case "value":
			if kind, _ := attribute(n, "type"); n.DataAtom == atom.Input && slices.Contains([]string{"submit", "button", "reset"}, strings.ToLower(kind)) {
				s.finds(NeedDescriptions, s.knownIn(plainly(a.Val))...)
			}
		case "xlink:href":
			if _, address, ok := telephone(a.Val); ok {
				s.findsLinks(NeedDrawings, s.knownIn(plainly(address))...)
			}
		}
	}
}

// inline lists the elements that do not separate texts.
var inline = setOf("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "mark", "nobr", "s", "small", "span", "strong", "sub", "sup",
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

// join adds a text, in which the numbers are known, to the line that it continues, or
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
		s.finds(NeedSplit, added(s.knownIn(plainly(strings.Join(s.line.texts, ""))), s.line.known)...)
	}
	s.line = line{}
}
