package explanation

import (
	"embed"
	"fmt"
	"strings"

	"ringback/conversion"
	"ringback/internal/locale"
)

//go:embed messages
var files embed.FS

var catalog = locale.Embedded(files)

// Writer writes explanations in one language.
type Writer struct {
	language locale.Language
	catalog  *locale.Catalog
}

// In returns the writer of a language.
func In(l locale.Language) Writer { return Writer{language: l, catalog: catalog} }

func (w Writer) text(id string, values locale.Values) string {
	return w.catalog.Text(w.language, id, values)
}

func (w Writer) plural(id string, count int64, values locale.Values) string {
	return w.catalog.Plural(w.language, id, count, values)
}

// name returns the message of a code, or the code itself if this version has no
// message for it.
func (w Writer) name(group string, code any) string {
	id := fmt.Sprintf("%s.%s", group, code)
	if text := w.text(id, nil); text != id {
		return text
	}
	return fmt.Sprint(code)
}

// known returns the message with this id. If there is none, a later version stored the
// code, and the result says so.
func (w Writer) known(id, code string, values locale.Values) string {
	if text := w.text(id, values); text != id {
		return text
	}
	return w.newer(code)
}

// newer writes a code that this version has no message for.
func (w Writer) newer(code string) string { return w.text("newer", locale.Values{"Code": code}) }

// join joins texts by a separator of the language: list, parts, ...
func (w Writer) join(texts []string, separator string) string {
	return strings.Join(texts, w.text("join."+separator, nil))
}

// joinSome joins up to five texts and adds how many more there are, so that a
// sentence remains readable.
func (w Writer) joinSome(texts []string, separator string) string {
	const shown = 5
	if len(texts) > shown {
		more := w.text("more", locale.Values{"Number": w.language.Number(int64(len(texts) - shown))})
		texts = append(texts[:shown:shown], more)
	}
	return w.join(texts, separator)
}

// ofKind appends the kind of conversion to an id, for messages that depend on it.
func ofKind(id string, kind conversion.Kind) string { return id + "_" + string(kind) }
