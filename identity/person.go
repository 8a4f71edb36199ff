package identity

import "slices"

// What one person is known by at most. Keys that would connect more are shared by
// several people: the browser of a clerk who enters orders taken on the phone, or
// the number of a switchboard.
const (
	maxContacts = 5  // phone numbers and e-mail addresses
	maxVisitors = 10 // browsers
)

// MaxSharing is how many visitors of a site may have the same visitor id of one
// third party and still be one person. An id that more of them have, such as
// "guest", identifies nobody.
const MaxSharing = 20

// ExceedsLimits reports whether these keys, each counted once, are more than one
// person has.
func ExceedsLimits(keys []string) bool {
	visitors, contacts := 0, 0
	for _, key := range Keys(keys...) {
		if _, is := VisitorOf(key); is {
			visitors++
		} else {
			contacts++
		}
	}
	return visitors > maxVisitors || contacts > maxContacts
}

// Known is a key that a person is known by already.
type Known struct {
	Key    string
	Person string
}

// People returns the people of keys, each once, in the order in which they became
// known: the ids of people sort by age.
func People(known []Known) []string {
	people := make([]string, 0, len(known))
	for _, k := range known {
		people = append(people, k.Person)
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// AreOne reports whether all keys are known already as those of one person.
func AreOne(keys []string, known []Known) bool {
	return len(known) == len(keys) && len(People(known)) == 1
}

// Merge returns the person that several people become, the one known longest, and
// the others, who become that person. It returns nothing if there are no others.
func Merge(known []Known) (into string, others []string) {
	people := People(known)
	if len(people) < 2 {
		return "", nil
	}
	return people[0], people[1:]
}
