package conversion

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold returns a text such that two texts which differ only in case, or in how
// their letters are composed, are equal. Every comparison of labels and traffic
// goes through it.
func fold(s string) string { return cases.Fold().String(norm.NFC.String(s)) }
