package sitecheck

import (
	"bytes"
	"io"

	"golang.org/x/net/html"
)

// The largest page that is parsed. Real pages stay far below these bounds.
const (
	maxTokens     = 200_000 // tags, texts and comments
	maxAttributes = 500     // attributes of one tag
)

// formatting are the elements that an HTML parser opens anew in each following paragraph
// if they were left open. A small page of such elements grows to gigabytes of nodes. The
// check needs none of them: apart stands for the places where they divide a text.
var formatting = setOf("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")

// foreign are the elements inside which a parser reads the content of title, style and
// script as tags. Their own tags are left out, so that formatting elements cannot hide there.
var foreign = setOf("svg", "math")

// leavesForeign are the elements that end SVG and MathML where they appear inside it.
// See "parsing tokens in foreign content" in the HTML standard.
var leavesForeign = setOf("blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "embed", "form", "h1", "h2", "h3", "h4", "h5", "h6",
	"head", "hr", "img", "input", "label", "li", "listing", "menu", "meta", "ol", "p", "pre", "ruby", "select", "span", "sub", "sup",
	"table", "textarea", "ul", "var")

// keptInForeign are the elements that the check looks for inside SVG and MathML.
var keptInForeign = setOf("a", "script", "style", "title")

// drawingMark is the attribute that links inside a drawing get, because the tags of the
// drawing itself are left out.
const drawingMark = "data-ringback-drawing"

// apart is put where the tag of a formatting element was. It keeps apart what the tag
// kept apart.
const apart = "<!---->"

// apartLines is put where the tag of another element of a drawing was, which ends a line of
// text.
const apartLines = "<!--" + drawingMark + "-->"

func setOf(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// simplifier copies a page without what would make a parser's work grow faster than the
// page.
type simplifier struct {
	tokenizer *html.Tokenizer
	out       bytes.Buffer
	inForeign bool
}

// simplified returns the page without formatting elements and without the tags of
// drawings and formulas. It reports whether the page was cut because it has too many
// elements.
func simplified(page io.Reader) (out *bytes.Buffer, cut bool, err error) {
	s := simplifier{tokenizer: html.NewTokenizer(page)}
	for range maxTokens {
		kind := s.tokenizer.Next()
		if kind == html.ErrorToken {
			if err := s.tokenizer.Err(); err != io.EOF { //nolint:errorlint // the tokenizer returns io.EOF itself
				return nil, false, err
			}
			return &s.out, false, nil
		}
		s.copy(kind)
	}
	return &s.out, true, nil
}

// copy writes the tokenizer's current token as it stands in the page, unless it is left
// out.
func (s *simplifier) copy(kind html.TokenType) {
	before := s.out.Len()
	s.out.Write(s.tokenizer.Raw())
	if kind != html.StartTagToken && kind != html.EndTagToken && kind != html.SelfClosingTagToken {
		return
	}
	name, attributes := s.tokenizer.TagName()
	inForeign := s.inForeign
	if !s.keeps(string(name), kind) || attributes && s.tooManyAttributes() {
		s.out.Truncate(before)
		switch {
		case formatting[string(name)] && !inForeign, inForeign && string(name) == "tspan":
			s.out.WriteString(apart)
		case inForeign:
			s.out.WriteString(apartLines)
		}
		return
	}
	if s.inForeign && string(name) == "a" && kind != html.EndTagToken {
		raw := bytes.Clone(s.out.Bytes()[before:])
		s.out.Truncate(before)
		s.out.WriteString("<a " + drawingMark + " ")
		s.out.Write(raw[len("<a"):])
	}
}

// keeps reports whether a tag is copied, and follows where drawings and formulas begin
// and end.
func (s *simplifier) keeps(name string, kind html.TokenType) bool {
	switch {
	case foreign[name]:
		s.inForeign = kind == html.StartTagToken
		return false
	case formatting[name]:
		return false
	case s.inForeign && leavesForeign[name]:
		s.inForeign = false
	}
	return !s.inForeign || keptInForeign[name]
}

func (s *simplifier) tooManyAttributes() bool {
	for range maxAttributes {
		if _, _, more := s.tokenizer.TagAttr(); !more {
			return false
		}
	}
	return true
}
