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
var files embed.FS

// labels are the texts of the pages.
var labels = locale.MustLoad(files)

// templates are the pages by language and name, each with the style in it.
var templates = func() map[locale.Language]map[string]*template.Template {
	made := map[locale.Language]map[string]*template.Template{}
	for _, l := range locale.Languages() {
		made[l] = map[string]*template.Template{}
		for name, text := range map[string]string{"login": loginPage, "conversion": conversionPage, "error": errorPage} {
			made[l][name] = template.Must(template.New(name).Funcs(functions(labels, l)).Parse(text))
		}
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
		"style":    func() template.CSS { return template.CSS(pageStyle) }, //nolint:gosec // our own file
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
