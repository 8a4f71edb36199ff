package forms

import (
	"cmp"
	"slices"
	"strings"
)

// number returns the phone number, with its parts from fields of their own. Parts that do
// not make a number are stored by name, and so is the name of a country.
func (r *reading) number() string {
	number := cmp.Or(r.joined(phone, phoneRest), r.pieces())
	number = r.withArea(number)
	if !strings.HasPrefix(number, "+") {
		number = strings.TrimSpace(r.joined(phoneCountry) + " " + number)
	}
	number = r.withCountry(number)
	for _, f := range r.parts {
		r.keep(f.Name, f)
	}
	return number
}

// take removes a part of the number, so that it is not stored by name.
func (r *reading) take(i int) { r.parts = slices.Delete(r.parts, i, i+1) }

// pieces returns a number that has only pieces, such as 202, 555 and 0123. It is empty if
// they are too few, or if the fields are for different things: small screens show a
// keyboard of digits for the type tel, so a quantity and a postal code may have it too.
func (r *reading) pieces() string {
	var pieces []Field
	var values []string
	for _, f := range r.parts {
		if m := f.means(); m == phonePiece || m == phoneArea {
			pieces, values = append(pieces, f), append(values, f.Value)
		}
	}
	joined := strings.Join(values, " ")
	if len(pieces) < 2 || digits(joined) < fewestAmongWords || !areOfOneNumber(pieces) {
		return ""
	}
	r.parts = slices.DeleteFunc(r.parts, func(f Field) bool { return f.means() != phoneCode })
	return joined
}

// withArea returns a number with the area code from a field of its own, if it lacks one.
func (r *reading) withArea(number string) string {
	for i, f := range r.parts {
		if (f.means() == phoneArea || r.isBefore(f)) && lacksArea(number, f.Value) {
			r.take(i)
			return f.Value + " " + number
		}
	}
	return number
}

// isBefore reports whether a field has the piece before the number that was read, as phone_1
// has before phone_2.
func (r *reading) isBefore(f Field) bool {
	const fewest, most = 2, 4
	n := digits(f.Value)
	return f.means() == phonePiece && n >= fewest && n <= most && f.Name < r.typed.Name && areOfOneNumber([]Field{f, r.typed})
}

// withCountry returns a number with the calling code from a field of its own, if that makes
// a number of the country.
func (r *reading) withCountry(number string) string {
	for i, f := range r.parts {
		whole := withCode(f.Value, number)
		if f.means() != phoneCode || whole == "" {
			continue
		}
		if digits(f.Value) > 0 { // otherwise it is the country of an address, too
			r.take(i)
		}
		return whole
	}
	return number
}
