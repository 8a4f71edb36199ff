package sitecheck

import (
	"cmp"
	"regexp"
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

// submits matches code that sends a form without the browser's event, so that the script does
// not notice it: form.submit() and jQuery's $(form).submit() and $(form).trigger("submit").
var submits = regexp.MustCompile(`\.submit\(\s*\)|\.trigger\(\s*["']submit["']`)

// checkForms reports the page's forms and whether their leads have contact details.
func (r *Report) checkForms(d document, site Site) {
	unmarked, sentByCode, labels, fields := 0, false, labelsOf(d), fieldsOf(d)
	for n := range d.live() {
		sentByCode = sentByCode || n.DataAtom == atom.Script && n.FirstChild != nil && submits.MatchString(n.FirstChild.Data)
		if n.DataAtom != atom.Form || len(r.Forms) == maxForms {
			continue
		}
		form := readForm(n, fields[n], labels, site)
		r.Forms = append(r.Forms, form)
		if form.asksForContact() && !form.Marked && !form.Ignored {
			unmarked++
		}
		if form.Captured && hasCustomFields(n) {
			r.need(NeedCustomFields)
		}
		if form.Captured && !form.means(MeansPhone) && !form.means(MeansEmail) {
			r.add(Warning, AboutForms, FormWithoutContact, Values{Form: form.Name})
		}
	}
	r.summarizeForms(site, unmarked, sentByCode)
}

func (r *Report) summarizeForms(site Site, unmarked int, sentByCode bool) {
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
		r.add(OK, AboutForms, FormsCaptured, Values{Count: captured})
	}
	if captured > 0 && sentByCode {
		r.need(NeedSubmits)
		if !r.Script.Extended {
			r.add(Warning, AboutForms, FormsSentByCode, Values{})
		}
	}
	switch {
	case site.Forms == forms.CaptureNone && marked > 0:
		r.add(Warning, AboutForms, FormsMarkedInVain, Values{Count: marked})
	case unmarked == 0:
	case site.Forms == forms.CaptureMarked:
		r.add(Warning, AboutForms, FormsUnmarked, Values{Count: unmarked})
	case site.Forms == forms.CaptureNone:
		r.add(OK, AboutForms, FormsOff, Values{})
	}
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

// hasCustomFields reports whether a form has fields that are custom elements. They have a
// name, and a hyphen in that of the element.
func hasCustomFields(form *html.Node) bool {
	for n := range form.Descendants() {
		if n.Type == html.ElementNode && strings.Contains(n.Data, "-") && has(n, "name") && !ignored(n) && !isDisabled(n) {
			return true
		}
	}
	return false
}

func readForm(n *html.Node, fields []*html.Node, labels map[*html.Node]string, site Site) Form {
	mark, marked := attribute(n, "data-ringback")
	id, _ := attribute(n, "id")
	name, _ := attribute(n, "name")
	form := Form{Marked: marked, Ignored: ignored(n)}
	form.Name = short(cmp.Or(strings.TrimSpace(mark), name, id))
	for _, child := range fields {
		form.signsIn = form.signsIn || typeOf(child) == "password"
		if field, ok := readField(child, labels[child], site.Fields); ok {
			form.Fields = append(form.Fields, field)
		}
	}
	// A form that asks for a password becomes a lead only if it is marked.
	form.Captured = !form.Ignored && (site.Forms == forms.CaptureAll && (marked || !form.signsIn) || site.Forms == forms.CaptureMarked && marked)
	return form
}
