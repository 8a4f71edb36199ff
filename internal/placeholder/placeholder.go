// Package placeholder recognizes texts that stand for no value: what programs write for
// a value that is missing, and macros of providers and ad platforms that were not
// replaced. It must not know where a text comes from.
package placeholder

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// names are names of people that are among words if they are written otherwise.
var names = setOf("Null", "Nan")

// words are what programs write for a missing value, in lower case.
var words = setOf(
	"undefined", "null", "nan", "(undefined)", "(null)", "[object object]", "undefined undefined", "null null",
	"(none)", "(not set)", "not set", "(not provided)", "not provided", "n/a", "#n/a",
	"<не указано>", "<не заполнено>", "<not set>", "<none>", "<null>", "<empty>", "не указано", "не указан", "не указана", "не заполнено", "не задано", "não informado", "não definido",
)

func setOf(texts ...string) map[string]bool {
	set := make(map[string]bool, len(texts))
	for _, text := range texts {
		set[text] = true
	}
	return set
}

// macros match the notations of macros: {gclid}, {{gclid}}, ${gclid}, #{gclid},
// <%= gclid %>, %gclid%, %%gclid%%, __GCLID__, *|GCLID|*, [gclid], <gclid>.
var macros = []*regexp.Regexp{
	regexp.MustCompile(`^[$#@%]?\{{1,3}\s*` + name + `\s*\}{1,3}$`),
	regexp.MustCompile(`^<%=?\s*` + name + `\s*%>$`),
	regexp.MustCompile(`^%{1,2}[\p{L}][\p{L}\p{N}_.-]*%{1,2}$`),
	regexp.MustCompile(`^__[\p{L}][\p{L}\p{N}_]*__$`),
	regexp.MustCompile(`^\*\|[^|]+\|\*$`),
	regexp.MustCompile(`(?i)^(?:\[{1,2}` + parameter + `\]{1,2}|<` + parameter + `>)$`),
}

// begins holds the signs with which macros begin, and escapes of them.
const begins = "$#@%{<_*["

// parameter matches names of macros that are told from words in brackets by what they
// name.
const parameter = `(?:utm_\w+|\w*clid|\w*braid|\w+[_-]id|keyword|callerphone|source|medium|campaign)`

// name matches the name of a macro, which may have a default: {keyword:shoes}.
const name = `[\p{L}_][\p{L}\p{N}_ .:|-]*`

// guid matches an identifier that some phone systems write in braces.
var guid = regexp.MustCompile(`(?i)^\{[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}$`)

// Is reports whether a text is empty or stands for no value.
func Is(text string) bool {
	text = strings.TrimSpace(text)
	return text == "" || words[strings.ToLower(text)] && !names[text] || IsMacro(text)
}

// IsMacro reports whether a text is a macro that was not replaced. Such a text may be
// percent-encoded.
func IsMacro(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || !strings.Contains(begins, text[:1]) { // most texts end here
		return false
	}
	if decoded, err := url.PathUnescape(text); err == nil {
		text = decoded
	}
	return !guid.MatchString(text) && slices.ContainsFunc(macros, func(m *regexp.Regexp) bool { return m.MatchString(text) })
}

// noIDs are the words that programs write for the id of nobody and of nothing, in lower
// case. As other values, such as a name, they may be meant.
var noIDs = []string{"(direct)", "unknown", "none", "nil", "false", "true", "empty", "-", "null", "nan"}

// idMacros match further notations of macros, which may be the values of other fields:
// a keyword is written as [red shoes].
var idMacros = regexp.MustCompile(`^(?:\[{1,2}[^\[\]]*\]{1,2}|\$[\p{L}_]\w*)$`)

// IsNoID reports whether a text cannot be the id of a click, a visitor or anything else.
func IsNoID(text string) bool {
	text = strings.TrimSpace(text)
	return Is(text) || slices.Contains(noIDs, strings.ToLower(text)) || idMacros.MatchString(text)
}

// noClick matches what no platform writes as the id of a click: signs of macros, spaces, no
// letter and no digit, a row of x, and words of instructions.
var noClick = regexp.MustCompile(`(?i)[{}<>\[\]()$|@!"'%\s]|^[^\pL\pN]*$|^x+$|^0$|^(?:your|insert|enter)[_-]`)

// IsNoClickID reports whether the value of a parameter of this name identifies no click. An
// address may have the parameter's own name in place of an id, and an id may
// be percent-encoded.
func IsNoClickID(name, id string) bool {
	id = strings.TrimSpace(id)
	if decoded, err := url.PathUnescape(id); err == nil {
		id = decoded
	}
	return IsNoID(id) || noClick.MatchString(id) || strings.EqualFold(strings.Trim(id, ":.*_-"), name)
}

// Without returns a text, or an empty one if it stands for no value.
func Without(text string) string {
	if Is(text) {
		return ""
	}
	return text
}
