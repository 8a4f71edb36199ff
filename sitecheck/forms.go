package sitecheck

import (
	"cmp"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"ringback/forms"
)

// Form is a form on the page.
type Form struct {
	Name     string // the form's name in leads; may be empty
	Marked   bool   // it has data-ringback
	Ignored  bool   // it has data-ringback="ignore"
	Captured bool   // submissions become leads
	Fields   []Field

	signsIn bool // it asks for a password
}

// Field is a field of a form with its meaning.
type Field struct {
	Name  string
	Means Meaning
}

// Meaning is the meaning of a field in a lead.
type Meaning string

// The meanings of fields.
const (
	MeansPhone Meaning = "phone"
	MeansEmail Meaning = "email"
	MeansName  Meaning = "name"
	MeansOther Meaning = "other" // stored by name
	MeansNever Meaning = "never" // not stored, because it is a secret or the settings say so
)

// The limits of a report.
const (
	maxForms  = 50  // forms of a page
	maxFields = 100 // fields of a form
)

// checkForms reports the page's forms and whether their leads have contact details.
func (r *Report) checkForms(d document, site Site) {
	unmarked, labels, fields := 0, labelsOf(d), fieldsOf(d)
	for n := range d.live() {
		if n.DataAtom != atom.Form || len(r.Forms) == maxForms {
			continue
		}
		form := readForm(n, fields[n], labels, site)
		r.Forms = append(r.Forms, form)
		if form.asksForContact() && !form.Marked && !form.Ignored {
			unmarked++
		}
		if form.Captured && !form.means(MeansPhone) && !form.means(MeansEmail) {
			r.add(Warning, AboutForms, "The form "+form.called()+" has no field that looks like a phone number or an e-mail address.",
				"Its leads cannot be assigned to a person. If one of its fields is a phone number, mark it with data-ringback-field=\"phone\" or name it in the script settings (fields).")
		}
	}
	r.summarizeForms(site, unmarked)
}

func (r *Report) summarizeForms(site Site, unmarked int) {
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
		r.add(OK, AboutForms, fmt.Sprintf("%s on the page %s leads.", count(captured, "form"), verb(captured, "creates", "create")), "Each submission becomes a lead.")
	}
	switch {
	case site.Forms == forms.CaptureNone && marked > 0:
		r.add(Warning, AboutForms, fmt.Sprintf("The page has %s marked with data-ringback, but the settings turn no form into leads.", count(marked, "form")),
			"Set forms to marked. With the current setting, leads come only from ringback('lead', ...).")
	case unmarked == 0:
	case site.Forms == forms.CaptureMarked:
		r.add(Warning, AboutForms, fmt.Sprintf("The page asks for a phone number or an e-mail address in %s without data-ringback.", count(unmarked, "form")),
			"Submissions of such a form do not become leads. Add data-ringback to the form, or set forms to all.")
	case site.Forms == forms.CaptureNone:
		r.add(OK, AboutForms, "The settings turn no form on the page into leads.", "Leads come only from ringback('lead', ...).")
	}
}

// verb returns the form of a verb that agrees with n things.
func verb(n int, singular, plural string) string {
	if n == 1 {
		return singular
	}
	return plural
}

// count returns a number with its noun: "1 form", "2 forms".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// asksForContact reports whether the form asks for a phone number or an e-mail address
// and is not a sign-in form.
func (f Form) asksForContact() bool {
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
	form.Captured = !form.Ignored && (site.Forms == forms.CaptureAll || site.Forms == forms.CaptureMarked && marked)
	form.Name = short(cmp.Or(strings.TrimSpace(mark), name, id))
	for _, child := range fields {
		form.signsIn = form.signsIn || typeOf(child) == "password"
		if field, ok := readField(child, labels[child], site.Fields); ok {
			form.Fields = append(form.Fields, field)
		}
	}
	return form
}
