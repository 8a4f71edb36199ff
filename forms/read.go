package forms

import (
	"strings"

	"ringback/internal/texts"
)

// What is read of a form at most.
const (
	MaxFields = 100  // fields; the ones beyond are left out
	MaxName   = 100  // characters of a field's name; longer ones are cut
	MaxValue  = 4096 // characters of a value; longer ones are cut
)

// Field is one field of a form as the script on the page read it.
type Field struct {
	Name         string
	Type         string // the input's: text, tel, email, checkbox, textarea, ...
	Autocomplete string // the input's: tel, given-name, "section-a work email", ...
	Label        string // as people read it; may be empty
	Value        string
}

// Submission is what a form's fields mean. Phone and e-mail address are as the
// visitor wrote them, not checked.
type Submission struct {
	Phone  string
	Email  string
	Name   string
	Fields map[string]string // everything else by the field's name; nil when there is nothing
}

// What a site's mapping may say of a field, beside another name to keep it by.
const (
	MappedPhone = "phone"
	MappedEmail = "email"
	MappedName  = "name"
	MappedNever = "never" // it is not kept
)

// Read finds out what the fields of a form mean (requirement D4). What is
// Sensitive is left out, and so are empty values; numbers of payment cards within
// a text are masked. For the rest the site's mapping
// decides first, by the field's name without case; then the field's autocomplete,
// its type, the words of its name, and those of its label. Of several fields that
// mean the same the first counts, and the others are kept by their names; a
// friend's, a company's or a fax number comes after the visitor's own. Values of
// one name, as checkboxes have, are joined with ", ".
func Read(fields []Field, mapping map[string]string) Submission {
	var r reading
	mapped := byFoldedName(mapping)
	for i, f := range fields {
		if i == MaxFields {
			break
		}
		f = f.cleaned()
		target := mapped[strings.ToLower(f.Name)]
		if f.Value == "" || neverKept(f, target) {
			continue
		}
		r.add(f.masked().cut(), target)
	}
	r.addSeconds()
	return r.submission()
}

// neverKept reports whether a field is left out. A name that sounds like a secret's
// may be the owner's "session" of a course: a mapping keeps that one.
func neverKept(f Field, target string) bool {
	if strings.EqualFold(target, MappedNever) {
		return true
	}
	return f.holdsSecret() || target == "" && f.namesSecret()
}

// cleaned returns the field as texts that can be stored.
func (f Field) cleaned() Field {
	f.Name, f.Label, f.Value = texts.Clean(f.Name), texts.Clean(f.Label), texts.Clean(f.Value)
	return f
}

// cut returns the field with no more of it than is kept.
func (f Field) cut() Field {
	f.Name, f.Label, f.Value = texts.First(f.Name, MaxName), texts.First(f.Label, MaxName), texts.First(f.Value, MaxValue)
	return f
}

// byFoldedName returns the mapping with its texts cleaned, by the names without case.
func byFoldedName(mapping map[string]string) map[string]string {
	folded := make(map[string]string, len(mapping))
	for name, target := range mapping {
		folded[strings.ToLower(texts.Clean(name))] = texts.Clean(target)
	}
	return folded
}

// reading is a form read so far: the values of each meaning, and the rest.
type reading struct {
	values  map[meaning][]string
	fields  map[string]string
	seconds []Field // that count where the visitor's own are missing
}

// add takes in one field, meant as the mapping says, or else as it looks.
func (r *reading) add(f Field, target string) {
	switch strings.ToLower(target) {
	case "":
		r.addMeant(f)
	case MappedPhone:
		r.addAs(phone, f.Name, f)
	case MappedEmail:
		r.addAs(email, f.Name, f)
	case MappedName:
		r.addAs(fullName, f.Name, f)
	default:
		r.addAs(unknown, texts.First(target, MaxName), f)
	}
}

// addMeant takes in a field as it looks.
func (r *reading) addMeant(f Field) {
	m := f.means()
	if m != unknown && f.isSecond() {
		r.seconds = append(r.seconds, f)
		return
	}
	r.addAs(m, f.Name, f)
}

// addSeconds takes in the fields of somebody else: as what they look like where
// the visitor gave none, else by their names.
func (r *reading) addSeconds() {
	own := map[meaning]bool{}
	for m := range r.values {
		own[m.of()] = true
	}
	for _, f := range r.seconds {
		m := f.means()
		if own[m.of()] {
			m = unknown
		}
		r.addAs(m, f.Name, f)
	}
}

// addAs takes in a field of this meaning. A second one of it is kept by its name;
// parts of a number or of a name add up.
func (r *reading) addAs(m meaning, name string, f Field) {
	if m == unknown || !m.part() && len(r.values[m]) > 0 {
		r.keep(name, f)
		return
	}
	if r.values == nil {
		r.values = map[meaning][]string{}
	}
	r.values[m] = append(r.values[m], f.Value)
}

// keep keeps a field by this name, or by its label when it has none.
func (r *reading) keep(name string, f Field) {
	if name == "" {
		name = f.Label
	}
	if name == "" {
		return
	}
	if r.fields == nil {
		r.fields = map[string]string{}
	}
	value := f.Value
	if before, repeated := r.fields[name]; repeated {
		value = before + ", " + value
	}
	r.fields[name] = texts.First(value, MaxValue)
}

// submission puts together what was read. Where one field is called "name" and
// another one "surname", the first is the given name.
func (r *reading) submission() Submission {
	number := r.whole(phone, phoneRest)
	if !strings.HasPrefix(number, "+") {
		number = strings.TrimSpace(r.whole(phoneCountry) + " " + number)
	}
	name := strings.TrimSpace(r.whole(fullName, givenName) + " " + r.whole(familyName))
	return Submission{Phone: number, Email: r.whole(email), Name: texts.First(name, MaxValue), Fields: r.fields}
}

// whole is the values of a meaning, joined; where there is none, those of another.
func (r *reading) whole(meanings ...meaning) string {
	for _, m := range meanings {
		if values := r.values[m]; len(values) > 0 {
			return strings.Join(values, " ")
		}
	}
	return ""
}
