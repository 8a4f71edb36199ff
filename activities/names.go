package activities

import (
	"strings"
	"unicode"

	"ringback/internal/texts"
)

// maxShownName is how many bytes of a name operators are shown in the Temporal UI. Two of
// them fit into a summary, and those of a hundred integrations into the details.
const maxShownName = 60

// shownName returns the name of an integration or a site as the Temporal UI shows it: of
// one line, shortened, and without the characters by which Markdown makes links, images,
// code or tables. Owners choose names, and operators read them.
func shownName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) || strings.ContainsRune(" .,-+/&'()", r) {
			return r
		}
		return ' '
	}, texts.Line(name))
	name = strings.Join(strings.Fields(name), " ")
	if len(name) <= maxShownName {
		return name
	}
	const more = "..."
	return strings.TrimSpace(strings.ToValidUTF8(name[:maxShownName-len(more)], "")) + more
}
