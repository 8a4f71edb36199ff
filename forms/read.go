package forms

// Field is one field of a form as the script on the page read it.
type Field struct {
	Name         string
	Type         string // the input's: text, tel, email, checkbox, ...
	Autocomplete string // the input's: tel, given-name, "section-a email", ...
	Label        string // as people read it; may be empty
	Value        string
}

// Submission is what a form's fields mean.
type Submission struct {
	Phone  string // as typed
	Email  string // as typed
	Name   string
	Fields map[string]string // the rest by name, never a secret
}

// Read finds out what the fields of a form mean. The mapping is the site's own:
// by field name "phone", "email", "name", "never", or another name to keep it by.
func Read(fields []Field, mapping map[string]string) Submission { return Submission{} }

// Sensitive says whether a field must never be kept.
func Sensitive(f Field) bool { return false }
