// Package forms determines what the fields of a web form mean: which field is the
// phone number, the e-mail address or the name, and which must never be stored.
// It is pure and must not know where forms come from or where leads go.
package forms
