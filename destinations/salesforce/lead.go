package salesforce

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"ringback/crm/salesforce"
	"ringback/internal/texts"
)

// The lengths of a lead's fields.
const (
	maxFirstName = 40
	maxLastName  = 80
	maxCompany   = 255
)

// makeLead creates a lead, unless an earlier attempt has. If Salesforce refuses it,
// the Task is written without a person, because the call itself must not be lost.
func (w *writing) makeLead(ctx context.Context) error {
	before, err := w.leadBefore(ctx)
	if err != nil || len(before) > 0 {
		w.who.found = before
		return err
	}
	saved, err := w.client.Create(ctx, objectLead, w.lead(), http.Header{"Sforce-Duplicate-Rule-Header": {w.duplicateRule()}})
	var failed *salesforce.Error
	switch {
	case err == nil:
		w.who.made = true
		if saved.ID != "" {
			w.who.found = []candidate{{objectLead, saved.ID, w.event.Email != ""}}
		}
		return nil
	case salesforce.HasCode(err, salesforce.CodeDuplicates):
		errors.As(err, &failed)
		w.who.rule, w.who.found = true, matched(failed.Matches)
		return nil
	case errors.As(err, &failed) && !failed.Login && failed.Status == http.StatusBadRequest && !retryLater(failed.Code):
		w.who.refused = cmp.Or(failed.Code, "400")
		return nil
	default:
		return err
	}
}

// leadBefore returns the lead that an earlier attempt has created. A query finds it at
// once, and a search only after a while.
func (w *writing) leadBefore(ctx context.Context) ([]candidate, error) {
	var either []string
	for _, by := range []struct{ field, value string }{{"Email", w.event.Email}, {"Phone", w.event.Phone}} {
		if by.value != "" {
			either = append(either, by.field+" = "+salesforce.Quote(by.value))
		}
	}
	query := fmt.Sprintf("SELECT %s FROM Lead WHERE IsConverted = false AND IsDeleted = false AND (%s) ORDER BY CreatedDate LIMIT 2",
		personFields, strings.Join(either, " OR "))
	var rows []salesforce.Row
	for row, err := range w.client.QueryAll(ctx, query) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return ranked(rows, func(salesforce.Row) bool { return true }), nil
}

// lead returns the fields of a new lead. Salesforce requires a last name and a company.
func (w *writing) lead() salesforce.Values {
	e := w.event
	names := strings.Fields(e.Name)
	last, firstNames := cmp.Or(e.Phone, e.Email), ""
	if len(names) > 0 {
		last, firstNames = names[len(names)-1], strings.Join(names[:len(names)-1], " ")
	}
	v := salesforce.Values{"LastName": texts.First(last, maxLastName), "Company": texts.First(w.options.get("lead_company"), maxCompany)}
	for name, value := range map[string]string{"FirstName": texts.First(firstNames, maxFirstName), "Phone": e.Phone, "Email": e.Email} {
		if value != "" {
			v[name] = value
		}
	}
	return v
}

// duplicateRule returns the header that says what a duplicate rule does. The answer
// holds the ids of the records that it finds, and not people's data.
func (w *writing) duplicateRule() string {
	return fmt.Sprintf("allowSave=%t; includeRecordDetails=false; runAsCurrentUser=true", w.options.get("ignore_duplicate_rules") == yes)
}

// idPrefix is how many characters of an id name its object.
const idPrefix = 3

// objectOf are the objects of people by the beginning of their ids.
var objectOf = map[string]string{"003": objectContact, "00Q": objectLead}

// matched returns the persons that a duplicate rule found, contacts first.
func matched(matches []salesforce.Match) []candidate {
	var all []candidate
	for _, m := range matches {
		object := cmp.Or(m.Object, objectOf[m.ID[:min(len(m.ID), idPrefix)]])
		if m.ID != "" && (object == objectContact || object == objectLead) {
			all = append(all, candidate{object: object, id: m.ID, hasEmail: true}) // whether it has one is not in the answer
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return first(a.object == objectContact, b.object == objectContact) })
	return all
}
