package sitecheck

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"ringback/forms"
)

// Form is a form on the page.
type Form struct {
	Name     string // what its leads would be called; may be empty
	Marked   bool   // with data-ringback
	Ignored  bool   // with data-ringback="ignore"
	Captured bool   // it becomes a lead when it is sent
	Fields   []Field

	signsIn bool // it asks for a password
}

// Field is a field of a form and what it is taken for.
type Field struct {
	Name  string
	Means Meaning
}

// Meaning is what a field is taken for.
type Meaning string

// What fields mean.
const (
	MeansPhone Meaning = "phone"
	MeansEmail Meaning = "email"
	MeansName  Meaning = "name"
	MeansOther Meaning = "other" // kept by its name
	MeansNever Meaning = "never" // left out: a secret, or set so
)

// maxForms bounds how many forms of a page are reported, maxFields how many fields of one.
const (
	maxForms  = 50
	maxFields = 100
)

// lookAtForms reports the page's forms and whether they become leads that one can call back.
func (r *Report) lookAtForms(d document, site Site) {
	unmarked, labels := 0, labelsOf(d)
	for n := range d.live() {
		if n.DataAtom != atom.Form || len(r.Forms) == maxForms {
			continue
		}
		form := readForm(d, n, site, labels)
		r.Forms = append(r.Forms, form)
		if form.asksWho() && !form.Marked && !form.Ignored {
			unmarked++
		}
		if form.Captured && !form.means(MeansPhone) && !form.means(MeansEmail) {
			r.add(Warning, AboutForms, "The form "+form.called()+" has no field that looks like a phone number or an e-mail address.",
				"Its leads cannot be told apart by person. If a field is one, say so with data-ringback-field=\"phone\" on it, or in the settings of the script (fields).")
		}
	}
	r.sumUpForms(site, unmarked)
}

func (r *Report) sumUpForms(site Site, unmarked int) {
	captured := 0
	for _, form := range r.Forms {
		if form.Captured {
			captured++
		}
	}
	if captured > 0 {
		r.add(OK, AboutForms, fmt.Sprintf("Leads come from %s on the page.", count(captured, "form")), "Each time one is sent.")
	}
	switch {
	case unmarked == 0:
	case site.Forms == FormsMarked:
		r.add(Warning, AboutForms, fmt.Sprintf("The page asks for a phone number or an e-mail address in %s without the mark data-ringback.", count(unmarked, "form")),
			"What is sent there becomes no lead. Add data-ringback to the form, or set forms to all.")
	case site.Forms == FormsNone:
		r.add(OK, AboutForms, "No form on the page becomes a lead, as it is set.", "Leads come by ringback('lead', ...) alone.")
	}
}

// count says how many: "1 form", "2 forms".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// asksWho says whether the form asks for a phone number or an e-mail address, and is no sign-in.
func (f Form) asksWho() bool {
	return !f.signsIn && (f.means(MeansPhone) || f.means(MeansEmail))
}

func (f Form) means(m Meaning) bool {
	for _, field := range f.Fields {
		if field.Means == m {
			return true
		}
	}
	return false
}

func (f Form) called() string { return cmp.Or(f.Name, "without a name") }

func readForm(d document, n *html.Node, site Site, labels map[*html.Node]string) Form {
	mark, marked := attribute(n, "data-ringback")
	id, _ := attribute(n, "id")
	name, _ := attribute(n, "name")
	form := Form{Marked: marked, Ignored: ignored(n)}
	form.Captured = !form.Ignored && (site.Forms == FormsAll || site.Forms == FormsMarked && marked)
	form.Name = short(cmp.Or(strings.TrimSpace(mark), name, id))
	for child := range d.live() {
		if len(form.Fields) == maxFields {
			break
		}
		if !isField(child) || !belongs(child, n, id) {
			continue
		}
		kind, _ := attribute(child, "type")
		form.signsIn = form.signsIn || strings.EqualFold(kind, "password")
		if field, ok := readField(child, labels[child], site.Fields); ok {
			form.Fields = append(form.Fields, field)
		}
	}
	return form
}

// isField says whether the element is one that people fill in, or that carries a marked value.
func isField(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Select, atom.Textarea:
		return true
	case atom.Input:
		switch kind, _ := attribute(n, "type"); strings.ToLower(kind) {
		case "submit", "button", "reset", "image", "file":
			return false
		case "hidden":
			return has(n, "data-ringback-field")
		default:
			return true
		}
	default:
		return false
	}
}

// belongs says whether a field is the form's: inside of it, or said to be by the attribute form.
func belongs(field, form *html.Node, id string) bool {
	if owner, ok := attribute(field, "form"); ok {
		return id != "" && owner == id
	}
	for parent := range field.Ancestors() {
		if parent.DataAtom == atom.Form {
			return parent == form
		}
	}
	return false
}

// ignored says whether the element, or one around it, is left out by its mark.
func ignored(n *html.Node) bool {
	if mark, _ := attribute(n, "data-ringback"); mark == "ignore" {
		return true
	}
	for parent := range n.Ancestors() {
		if mark, _ := attribute(parent, "data-ringback"); mark == "ignore" {
			return true
		}
	}
	return false
}

// labelsOf gives the fields' labels: those that name a field, and those around one.
func labelsOf(d document) map[*html.Node]string {
	byID, labels := map[string]*html.Node{}, map[*html.Node]string{}
	for n := range d.live() {
		if id, ok := attribute(n, "id"); ok && isField(n) && byID[id] == nil {
			byID[id] = n
		}
	}
	for n := range d.live() {
		if n.DataAtom != atom.Label {
			continue
		}
		field, text := labelled(n)
		if id, ok := attribute(n, "for"); ok {
			field = byID[id]
		}
		if field != nil && labels[field] == "" {
			labels[field] = short(text)
		}
	}
	return labels
}

// labelled gives the first field inside a label, and the label's text.
func labelled(label *html.Node) (field *html.Node, text string) {
	var words strings.Builder
	for n := range label.Descendants() {
		if n.Type == html.TextNode && words.Len() < forms.MaxName*utf8.UTFMax {
			words.WriteString(n.Data)
		}
		if field == nil && isField(n) {
			field = n
		}
	}
	return field, words.String()
}

// readField finds out what a field is taken for, as a lead's fields are read.
func readField(n *html.Node, label string, mapping map[string]string) (Field, bool) {
	name, _ := attribute(n, "name")
	id, _ := attribute(n, "id")
	hint, hinted := attribute(n, "data-ringback-field")
	if ignored(n) || has(n, "disabled") {
		return Field{}, false
	}
	name = cmp.Or(name, id)
	if hinted {
		name = cmp.Or(strings.TrimSpace(hint), name)
	}
	if name == "" {
		return Field{}, false
	}
	complete, _ := attribute(n, "autocomplete")
	read := forms.Read([]forms.Field{{Name: name, Type: typeOf(n), Autocomplete: complete, Label: label, Value: anyValue}}, mapping)
	field := Field{Name: short(name), Means: MeansNever}
	switch {
	case read.Phone != "":
		field.Means = MeansPhone
	case read.Email != "":
		field.Means = MeansEmail
	case read.Name != "":
		field.Means = MeansName
	case len(read.Fields) > 0:
		field.Means = MeansOther
	}
	return field, true
}

// anyValue could be entered in every field, whatever it asks for.
const anyValue = "2025550123@example.com"

// typeOf is a field's type as scripts see it.
func typeOf(n *html.Node) string {
	kind, _ := attribute(n, "type")
	switch n.DataAtom {
	case atom.Select:
		return "select-one"
	case atom.Textarea:
		return "textarea"
	default:
		return cmp.Or(strings.ToLower(kind), "text")
	}
}

// short bounds what is repeated of a page.
func short(text string) string {
	const limit = 100
	text = strings.ToValidUTF8(strings.Join(strings.Fields(text), " "), "")
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit]) + "..."
	}
	return text
}
