package lenient

import "ringback/phone"

// Phone reads a phone number. One that cannot be read is unknown, not withheld:
// rejecting the message would lose the call. The region is that of numbers without a
// country code.
func Phone(given Text, region string) phone.Number {
	n, err := phone.Normalize(string(given), region)
	if err != nil {
		return phone.Number{}
	}
	return n
}

// FirstPhone returns the first of these numbers that can be read. If there is none, it
// is withheld if one of the fields has a word for that, or if all are empty.
func FirstPhone(region string, given ...Text) phone.Number {
	var withheld, unreadable bool
	for _, g := range given {
		n := Phone(g, region)
		switch {
		case n.E164 != "":
			return n
		case n.Anonymous && g != "":
			withheld = true
		case g != "":
			unreadable = true
		}
	}
	return phone.Number{Anonymous: withheld || !unreadable}
}
