package locale

import (
	"slices"
	"strings"

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
// decides. Parts of a header that cannot be read are left out. The default is English.
func Choose(preferences ...string) Language {
	readable := make([]string, 0, len(preferences))
	for _, preference := range preferences {
		readable = append(readable, readableParts(preference))
	}
	_, i := language.MatchStrings(matcher, readable...)
	return Languages()[i]
}

// readableParts returns a header without the parts that are no language, since one such
// part would keep all others from being read. What is longer than maxPreference is cut.
func readableParts(header string) string {
	header = header[:min(len(header), maxPreference)]
	parts := slices.DeleteFunc(strings.Split(header, ","), func(part string) bool {
		_, _, err := language.ParseAcceptLanguage(part)
		return err != nil
	})
	return strings.Join(parts, ",")
}

// maxPreference bounds the work of reading an Accept-Language, in bytes.
const maxPreference = 500
