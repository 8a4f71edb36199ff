// Package forms knows what the fields of a web form mean: which one is the phone
// number, which the e-mail address, which the name, and what must never be kept.
// It is pure, and must not know where forms come from or where leads go.
package forms
