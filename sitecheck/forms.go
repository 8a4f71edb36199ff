package sitecheck

import (
	"cmp"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
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
	unmarked, labels, fields := 0, labelsOf(d), fieldsOf(d)
	for n := range d.live() {
		if n.DataAtom != atom.Form || len(r.Forms) == maxForms {
			continue
		}
		form := readForm(n, fields[n], labels, site)
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
	captured, marked := 0, 0
	for _, form := range r.Forms {
		if form.Captured {
			captured++
		}
		if form.Marked && !form.Ignored {
			marked++
		}
	}
	if captured > 0 {
		r.add(OK, AboutForms, fmt.Sprintf("Leads come from %s on the page.", count(captured, "form")), "Each time one is sent.")
	}
	switch {
	case site.Forms == FormsNone && marked > 0:
		r.add(Warning, AboutForms, fmt.Sprintf("The page has %s with the mark data-ringback, and no form becomes a lead, as it is set.", count(marked, "form")),
			"Set forms to marked, or leads come by ringback('lead', ...) alone.")
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

// asksWho reports whether the form asks for a phone number or an e-mail address, and is no sign-in.
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

func readForm(n *html.Node, fields []*html.Node, labels map[*html.Node]string, site Site) Form {
	mark, marked := attribute(n, "data-ringback")
	id, _ := attribute(n, "id")
	name, _ := attribute(n, "name")
	form := Form{Marked: marked, Ignored: ignored(n)}
	form.Captured = !form.Ignored && (site.Forms == FormsAll || site.Forms == FormsMarked && marked)
	form.Name = short(cmp.Or(strings.TrimSpace(mark), name, id))
	for _, child := range fields {
		form.signsIn = form.signsIn || typeOf(child) == "password"
		if field, ok := readField(child, labels[child], site.Fields); ok {
			form.Fields = append(form.Fields, field)
		}
	}
	return form
}
