package database

import (
	"slices"
	"strings"
	"unicode"
)

// KeyFilter selects rows by a column named key, whose values consist of parts.
type KeyFilter struct {
	Separator string   // between the parts of a key, one byte
	Under     []string // only keys that begin with these parts, nil means all
	Like      string   // only keys with this text, in any case; empty means all
	Keys      []string // only these keys, nil means all
}

// Where returns the condition with WHERE before it, and appends its values. It is empty if
// all keys are selected.
func (f KeyFilter) Where(values *[]any) string {
	var conditions []string
	if len(f.Under) > 0 {
		above := strings.Join(f.Under, f.Separator)
		conditions = append(conditions, "(key = ? OR key >= ? AND key < ?)")
		*values = append(*values, above, above+f.Separator, above+string(rune(f.Separator[0])+1))
	}
	if f.Like != "" {
		key, text := inAnyCase(f.Like, values)
		conditions = append(conditions, key+` LIKE ? ESCAPE '\'`)
		*values = append(*values, "%"+Literal(text)+"%")
	}
	if f.Keys != nil {
		conditions = append(conditions, "key IN ?")
		*values = append(*values, f.Keys)
	}
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}

// inAnyCase returns a text, and the SQL of the key, in which each letter of the text is the same in
// any case. It appends the values of the SQL. LOWER changes letters of ASCII alone: in SQLite
// always, and in PostgreSQL because keys are in the order of their bytes.
func inAnyCase(like string, values *[]any) (key, text string) {
	key = "key"
	replaced := map[rune]bool{}
	text = strings.Map(func(letter rune) rune {
		forms := formsOf(letter)
		one := forms[0]
		for _, form := range forms[1:] {
			if letter > unicode.MaxASCII && form > unicode.MaxASCII && !replaced[form] {
				replaced[form] = true
				key = "REPLACE(" + key + ", ?, ?)"
				*values = append(*values, string(form), string(one))
			}
		}
		return one
	}, like)
	return "LOWER(" + key + ")", text
}

// formsOf returns a letter in each case. The first one stands for all of them, and is small if it
// belongs to ASCII.
func formsOf(letter rune) []rune {
	forms := []rune{letter}
	for r := unicode.SimpleFold(letter); r != letter; r = unicode.SimpleFold(r) {
		forms = append(forms, r)
	}
	slices.Sort(forms)
	if forms[0] <= unicode.MaxASCII {
		forms[0] = unicode.ToLower(forms[0])
	}
	return forms
}
