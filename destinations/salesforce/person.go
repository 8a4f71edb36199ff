package salesforce

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"ringback/crm/salesforce"
	"ringback/internal/delivery"
	"ringback/internal/texts"
	"ringback/phone"
)

const (
	objectContact = "Contact"
	objectLead    = "Lead"

	maxFound = 20
)

// personFields are what is read of contacts and leads.
const personFields = "Id, Email, Phone, MobilePhone, LastModifiedDate"

// candidate is a contact or a lead that has not been converted.
type candidate struct {
	object, id string
	hasEmail   bool
}

// who is the person that a Task is attached to.
type who struct {
	found []candidate // the best one first
	made  bool        // the lead was created just now
	rule  bool        // a duplicate rule found the person
	// refused is the code of the error with which Salesforce refused a new lead.
	refused string
}

// id returns the id of the best person, empty if there is none.
func (w *who) id() string {
	if len(w.found) == 0 {
		return ""
	}
	return w.found[0].id
}

// next leaves out the best person.
func (w *who) next() { w.found = w.found[1:] }

// ambiguous reports whether there are several persons of the best kind.
func (w *who) ambiguous() bool { return len(w.found) > 1 && w.found[0].object == w.found[1].object }

// findWho finds the person, by e-mail and then by phone number, and creates a lead if
// there is none and the owner wants one.
func (w *writing) findWho(ctx context.Context) error {
	w.who = who{}
	if email := strings.TrimSpace(w.event.Email); email != "" {
		rows, err := w.client.Search(ctx, searchFor(escapeSearch(email), "EMAIL"))
		if err != nil {
			return err
		}
		w.who.found = ranked(rows, func(r salesforce.Row) bool { return strings.EqualFold(r.Text("Email"), email) })
	}
	written, err := phone.Formats(w.event.Phone)
	if len(w.who.found) == 0 && err == nil {
		national := strings.TrimLeft(written.Dialled, "0")
		rows, err := w.client.Search(ctx, searchFor(notations(written, national), "PHONE"))
		if err != nil {
			return err
		}
		w.who.found = ranked(rows, func(r salesforce.Row) bool {
			return strings.HasSuffix(texts.Digits(r.Text("Phone")), national) || strings.HasSuffix(texts.Digits(r.Text("MobilePhone")), national)
		})
	}
	if len(w.who.found) > 0 || w.options.get("create_lead") != yes || w.event.Test || nobody(w.event) {
		return nil
	}
	return w.makeLead(ctx)
}

// nobody reports whether nothing is known by which a person could be recognized.
func nobody(e delivery.Payload) bool { return e.Phone == "" && e.Email == "" }

// searchFor returns the search for a text among the people's fields of this kind.
func searchFor(text, kind string) string {
	order := fmt.Sprintf("ORDER BY LastModifiedDate DESC LIMIT %d", maxFound)
	return fmt.Sprintf("FIND {%s} IN %s FIELDS RETURNING Contact(%s %s), Lead(%s WHERE IsConverted = false %s)",
		text, kind, personFields, order, personFields, order)
}

// notations returns the search for a number in the ways in which people write it. How
// Salesforce divides numbers into words is not known (docs/facts/salesforce.md).
func notations(written phone.Written, national string) string {
	all := []string{national, written.Digits}
	for _, phrase := range []string{written.National, written.International} {
		all = append(all, `"`+escapeSearch(phrase)+`"`)
	}
	return strings.Join(all, " OR ")
}

// escapeSearch escapes the characters that have a meaning in a search.
func escapeSearch(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(`?&|!{}[]()^~*:\"'+-`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ranked returns the rows that really match: contacts before leads, those with an
// e-mail address before the others, because Marketo Measure recognizes people by it,
// and then the newest.
func ranked(rows []salesforce.Row, matches func(salesforce.Row) bool) []candidate {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r salesforce.Row) bool { return r.Text("Id") == "" || !matches(r) })
	slices.SortStableFunc(rows, func(a, b salesforce.Row) int {
		return cmp.Or(
			first(a.Object() == objectContact, b.Object() == objectContact),
			first(a.Text("Email") != "", b.Text("Email") != ""),
			strings.Compare(b.Text("LastModifiedDate"), a.Text("LastModifiedDate")),
		)
	})
	var all []candidate
	for _, r := range rows {
		all = append(all, candidate{r.Object(), r.Text("Id"), r.Text("Email") != ""})
	}
	return all
}

// first sorts what has a property before what has it not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}
