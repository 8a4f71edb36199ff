package sitecheck

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"ringback/forms"
)

// isField reports whether an element is a field that people fill in, or a hidden field
// that is marked.
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

// fieldsOf returns the fields of each form, at most maxFields: the fields inside it and
// the fields that refer to it by the attribute form.
func fieldsOf(d document) map[*html.Node][]*html.Node {
	byID := map[string]*html.Node{}
	for n := range d.live() {
		if id, ok := attribute(n, "id"); ok && n.DataAtom == atom.Form && byID[id] == nil {
			byID[id] = n
		}
	}
	fields, inTable := map[*html.Node][]*html.Node{}, formsOfTables(d)
	for n := range d.live() {
		if !isField(n) {
			continue
		}
		id, ok := attribute(n, "form")
		form := byID[id]
		if !ok {
			form = cmp.Or(formAround(n), inTable[n])
		}
		if form != nil && len(fields[form]) < maxFields {
			fields[form] = append(fields[form], n)
		}
	}
	return fields
}

// formsOfTables returns the forms of the fields that a parser has moved out of their form,
// because the form is directly in a table: <table><form><tr>. Such a form is empty, and has
// the fields that follow in the table.
func formsOfTables(d document) map[*html.Node]*html.Node {
	forms := map[*html.Node]*html.Node{}
	var form *html.Node
	for n := range d.live() {
		switch {
		case n.DataAtom == atom.Form && n.FirstChild == nil && isTablePart(n.Parent):
			form = n
		case form != nil && isField(n) && isInside(n, form.Parent):
			forms[n] = form
		}
	}
	return forms
}

// isTablePart reports whether an element is a table, or a part of one that has no text.
func isTablePart(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr:
		return true
	default:
		return false
	}
}

// isInside reports whether a node is below another one.
func isInside(n, container *html.Node) bool {
	for parent := range n.Ancestors() {
		if parent == container {
			return true
		}
	}
	return false
}

// isDisabled reports whether an element is disabled, or is in a disabled fieldset. The scripts do
// not read it.
func isDisabled(n *html.Node) bool {
	if has(n, "disabled") {
		return true
	}
	for parent := range n.Ancestors() {
		if parent.DataAtom == atom.Fieldset && has(parent, "disabled") {
			return true
		}
	}
	return false
}

func formAround(n *html.Node) *html.Node {
	for parent := range n.Ancestors() {
		if parent.DataAtom == atom.Form {
			return parent
		}
	}
	return nil
}

// ignored reports whether the element or one of its ancestors is marked to be ignored.
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

// labelsOf returns the labels of the fields: those that refer to a field and those that
// contain one.
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

// maxLabelNodes limits the nodes that are read of one label, because labels may be nested.
const maxLabelNodes = 200

// labelled returns the first field inside a label, and the label's text.
func labelled(label *html.Node) (field *html.Node, text string) {
	var words strings.Builder
	left := maxLabelNodes
	for n := range label.Descendants() {
		if left--; left < 0 {
			break
		}
		if n.Type == html.TextNode && words.Len() < forms.MaxName*utf8.UTFMax {
			words.WriteString(n.Data)
		}
		if field == nil && isField(n) {
			field = n
		}
	}
	return field, words.String()
}

// readField returns the field with the meaning that it has in a lead.
func readField(n *html.Node, label string, mapping map[string]string) (Field, bool) {
	name, _ := attribute(n, "name")
	id, _ := attribute(n, "id")
	hint, hinted := attribute(n, "data-ringback-field")
	if ignored(n) || isDisabled(n) {
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
	placeholder, _ := attribute(n, "placeholder")
	spoken, _ := attribute(n, "aria-label")
	label = cmp.Or(label, short(placeholder), short(spoken))
	given := forms.Field{Name: name, Type: typeOf(n), Autocomplete: complete, Label: label}
	return Field{Name: short(name), Means: meaningOf(given, mapping)}, true
}

// sampleValues holds values that people may enter. Each field accepts one of them.
var sampleValues = []string{"+12025550123", "visitor@example.com"}

// meaningOf returns the meaning of a field once it is filled in.
func meaningOf(field forms.Field, mapping map[string]string) Meaning {
	means := MeansNever
	for _, field.Value = range sampleValues {
		switch read := forms.Read([]forms.Field{field}, mapping); {
		case read.Phone+read.Email != "" && forms.IsGuessed(field, mapping):
			means = MeansOther // any field could hold such a value
		case read.Phone != "":
			return MeansPhone
		case read.Email != "":
			return MeansEmail
		case read.Name != "":
			return MeansName
		case len(read.Fields) > 0:
			means = MeansOther
		}
	}
	return means
}

// typeOf returns a field's type as scripts see it.
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

// short limits the length of a text that is quoted from the page.
func short(text string) string {
	const limit = 100
	text = strings.ToValidUTF8(strings.Join(strings.Fields(text), " "), "")
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit]) + "..."
	}
	return text
}
