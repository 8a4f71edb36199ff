package cabinet

import (
	"embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"ringback/internal/locale"
)

//go:embed messages
var messages embed.FS

// labels are the texts of the pages.
var labels = locale.MustLoad(messages)

// The files of the pages: one for each page, and the style that all of them have.
var (
	//go:embed pages/*.html
	pages embed.FS
	//go:embed pages/style.css
	style string
)

// templates are the pages by language, named like their files.
var templates = func() map[locale.Language]*template.Template {
	made := map[locale.Language]*template.Template{}
	for _, l := range locale.Languages() {
		made[l] = template.Must(template.New("").Funcs(functions(labels, l)).ParseFS(pages, "pages/*.html"))
	}
	return made
}()

// functions returns what the templates call. A label may insert one value.
func functions(labels *locale.Catalog, l locale.Language) template.FuncMap {
	text := func(id string, value ...any) string {
		if len(value) == 0 {
			return labels.Text(l, id, nil)
		}
		return labels.Text(l, id, locale.Values{"Value": value[0]})
	}
	return template.FuncMap{
		"style":    func() template.CSS { return template.CSS(style) }, //nolint:gosec // our own file
		"language": func() string { return string(l) },
		"when":     l.ExactTime,
		"seconds":  func(n *int) string { return l.Seconds(int64(*n)) },
		"exactSeconds": func(seconds float64) string {
			return l.Milliseconds(time.Duration(seconds * float64(time.Second)))
		},
		"t":      text,
		"plural": func(id string, count int) string { return labels.Plural(l, id, int64(count), nil) },
		"code":   func(group string, code any) string { return codeLabel(text, group, fmt.Sprint(code)) },
		"yesNo": func(b *bool) string {
			switch {
			case b == nil:
				return text("not_known")
			case *b:
				return text("yes")
			default:
				return text("no")
			}
		},
	}
}

// codeLabel returns the label of a code, or the code itself in plain letters if it
// has no label.
func codeLabel(text func(string, ...any) string, group, code string) string {
	id := group + "." + code
	if code == "other" { // the message files reserve the name for a plural form
		id = group + "_other"
	}
	if label := text(id); label != id {
		return label
	}
	return strings.ReplaceAll(code, "_", " ")
}
