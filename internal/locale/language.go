package locale

import (
	"slices"

	"golang.org/x/text/language"
)

// Language is a language that texts are written in, as a BCP 47 tag.
type Language string

// The languages.
const (
	English    Language = "en"
	Russian    Language = "ru"
	Portuguese Language = "pt-BR"
)

// Languages returns every language, the default first.
func Languages() []Language { return []Language{English, Russian, Portuguese} }

var matcher = func() language.Matcher {
	tags := make([]language.Tag, 0, len(Languages()))
	for _, l := range Languages() {
		tags = append(tags, l.tag())
	}
	return language.NewMatcher(tags)
}()

func (l Language) tag() language.Tag { return language.MustParse(string(l)) }

// Choose returns the language that fits a reader best. The preferences are single
// tags or values of the header Accept-Language; the first that fits any language
// decides. The default is English.
func Choose(preferences ...string) Language {
	_, i := language.MatchStrings(matcher, slices.DeleteFunc(preferences, func(p string) bool { return len(p) > maxPreference })...)
	return Languages()[i]
}

// maxPreference bounds the work of reading an Accept-Language, in bytes.
const maxPreference = 500
