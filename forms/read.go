package forms

import (
	"strings"
	"unicode"

	"ringback/internal/texts"
	phones "ringback/phone"
)

// The limits for one form.
const (
	MaxFields = 100  // fields; further ones are dropped
	MaxName   = 100  // characters of a field's name; longer names are cut
	MaxValue  = 4096 // characters of a value; longer values are cut
)

// Field is one field of a form as read by the script on the page.
type Field struct {
	Name         string
	Type         string // the input's type: text, tel, email, checkbox, textarea, ...
	Autocomplete string // the attribute autocomplete: tel, given-name, "section-a work email", ...
	Label        string // the text of the label; may be empty
	Value        string
}

// Submission is the interpreted content of a form. Phone and Email are as entered by
// the visitor and are not validated.
type Submission struct {
	Phone  string
	Email  string
	Name   string
	Fields map[string]string // all other values by field name; nil if there are none
}

// The meanings that a site's mapping may give a field. Any other value is a new name
// for the field.
const (
	MappedPhone = "phone"
	MappedEmail = "email"
	MappedName  = "name"
	MappedNever = "never" // the field is not stored
)

// Read determines what the fields of a form mean (D4). It drops Sensitive fields and
// empty values, and masks payment card numbers within texts.
//
// The meaning of a field comes from the site's mapping, by name regardless of case. If
// it has no entry, the meaning comes from the autocomplete attribute, the type, the
// words of the name, or the words of the label, in this order. A field without any of
// these is the visitor's phone number or e-mail address if its value is one and the form
// has no other. If several fields have the same meaning, the first one counts and the
// others are stored by name. A field whose type alone says that it is for a phone number
// counts after the others, as forms use this type for other digits too. The visitor's own number counts before that of a friend or a
// company and before a fax number. Values with the same name, such as those of
// checkboxes, are joined with ", ".
func Read(fields []Field, mapping map[string]string) Submission {
	var r reading
	mapped := byFoldedName(mapping)
	for i, f := range fields {
		if i == MaxFields {
			break
		}
		f = f.cleaned()
		target := mapped[strings.ToLower(f.Name)]
		if f.Value == "" || dropped(f, target) {
			continue
		}
		r.add(f.masked().cut(), target)
	}
	r.addMissing(r.unsure, Field.means)
	r.addMissing(r.seconds, Field.means)
	r.addMissing(r.guesses, Field.guessed)
	return r.submission()
}

// dropped reports whether a field must not be stored. A name such as "session" that
// sounds like a secret may also be that of a course, so an entry in the mapping keeps
// the field.
func dropped(f Field, target string) bool {
	if strings.EqualFold(target, MappedNever) {
		return true
	}
	return f.holdsSecret() || target == "" && f.namesSecret()
}

// cleaned returns the field with texts that can be stored.
func (f Field) cleaned() Field {
	f.Name, f.Label, f.Value = texts.Clean(f.Name), texts.Clean(f.Label), texts.Clean(withoutMarks(f.Value))
	return f
}

// withoutMarks returns a value without the invisible marks around it that are copied
// along with contacts: those of the direction of writing, and spaces without width.
func withoutMarks(value string) string {
	return strings.TrimFunc(value, func(r rune) bool { return unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) })
}

// cut returns the field cut to the limits.
func (f Field) cut() Field {
	f.Name, f.Label, f.Value = texts.First(f.Name, MaxName), texts.First(f.Label, MaxName), texts.First(f.Value, MaxValue)
	return f
}

// byFoldedName returns the mapping with lower-case names and clean texts.
func byFoldedName(mapping map[string]string) map[string]string {
	folded := make(map[string]string, len(mapping))
	for name, target := range mapping {
		folded[strings.ToLower(texts.Clean(name))] = texts.Clean(target)
	}
	return folded
}

// reading is the part of a form that has been read: the values of each meaning, and
// the other fields.
type reading struct {
	values  map[meaning][]string
	fields  map[string]string
	typed   Field   // the one whose phone number counts
	parts   []Field // for parts of a phone number, which count if they make one
	unsure  []Field // fields that count only if no other is certainly for a phone number
	seconds []Field // fields that count only if the visitor's own are missing; likewise, after unsure
	guesses []Field // fields whose meaning is known by their values alone; likewise, after seconds
}

// add adds one field with the meaning that the mapping has for it, if any.
func (r *reading) add(f Field, target string) {
	switch strings.ToLower(target) {
	case "":
		r.addUnmapped(f)
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

// addUnmapped adds a field with the meaning that its attributes give it.
func (r *reading) addUnmapped(f Field) {
	m := f.means()
	switch {
	case m != unknown && f.isSecond():
		r.seconds = append(r.seconds, f)
		return
	case m == phone && f.isUncertain():
		r.unsure = append(r.unsure, f)
		return
	case m == unknown && f.guessed() != unknown:
		r.guesses = append(r.guesses, f)
		return
	}
	r.addAs(m, f.Name, f)
}

// addMissing adds fields that count if the visitor's own value is missing, and are stored
// by name otherwise. They have the meaning that meant returns.
func (r *reading) addMissing(fields []Field, meant func(Field) meaning) {
	own := map[meaning]bool{}
	for m := range r.values {
		own[m.whole()] = true
	}
	for _, f := range fields {
		m := meant(f)
		if own[m.whole()] {
			m = unknown
		}
		r.addAs(m, f.Name, f)
	}
}

// addAs adds a field with this meaning. A second field with the same meaning is stored
// by name, but parts of a number or a name are joined. The same number with its country
// code counts before the one without. Words beside a number or an address are stored.
func (r *reading) addAs(m meaning, name string, f Field) {
	if m == phoneCode || m == phoneArea || m == phonePiece {
		f.Name = name
		r.parts = append(r.parts, f)
		return
	}
	value, more := contactIn(m, f.Value)
	if whole := r.whole(m, value); whole != "" {
		value = whole
		r.keep(r.typed.Name, r.typed)
		delete(r.values, phone)
	}
	if m == unknown || !m.part() && len(r.values[m]) > 0 {
		r.keep(name, f)
		return
	}
	if more {
		r.keep(name, f)
	}
	if r.values == nil {
		r.values = map[meaning][]string{}
	}
	r.values[m] = append(r.values[m], value)
	if m == phone {
		r.typed = f
		r.typed.Name = name
	}
}

// whole returns the number of a field with its country code, if it is the number that was
// read before, which lacks it. It is empty otherwise.
func (r *reading) whole(m meaning, value string) string {
	if m != phone || len(r.values[phone]) == 0 || strings.HasPrefix(r.typed.Value, "+") || !isSameNumber(value, r.typed.Value) {
		return ""
	}
	if strings.HasPrefix(value, "+") {
		return value
	}
	international := "+" + strings.TrimPrefix(onlyDigits(value), "00")
	if len(international) <= len(onlyDigits(r.typed.Value))+1 || !phones.IsValid(international) {
		return ""
	}
	return international
}

// keep stores a field by this name, or by its label if the name is empty.
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

// submission returns the result. If one field is called "name" and another "surname",
// the first is the given name.
func (r *reading) submission() Submission {
	number := r.number()
	name := strings.TrimSpace(r.joined(fullName, givenName) + " " + r.joined(familyName))
	return Submission{Phone: number, Email: r.joined(email), Name: texts.First(name, MaxValue), Fields: r.fields}
}

// joined returns the joined values of the first of these meanings that has any.
func (r *reading) joined(meanings ...meaning) string {
	for _, m := range meanings {
		if values := r.values[m]; len(values) > 0 {
			return strings.Join(values, " ")
		}
	}
	return ""
}
