package callrail

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/forms"
	"ringback/internal/names"
	"ringback/sources"
	"ringback/sources/lenient"
)

// Parts of names of fields whose words mean nothing, such as contactemail, the most
// reliable first.
var (
	emailNames = []string{"email", "e-mail", "mail"}
	phoneNames = []string{"phone", "mobile", "tel"}
)

// lead returns the lead of a form submission. CallRail passes the form's fields with
// the names of the site, so the person's details are found by these names, as in the
// forms that the script reports.
func (m message) lead(receivedAt time.Time, s sources.Settings) ([]sources.Report, error) {
	at, err := lenient.FirstTime(receivedAt, "submitted_at", exampleTime, times(s, m.SubmittedAt, m.CreatedAt, m.Timestamp)...)
	if err != nil {
		return nil, err
	}
	form := forms.Read(m.formFields(), nil)
	given := cmp.Or(string(m.CustomerNumber), form.Phone, m.formField(phoneNames))
	l := &conversion.Lead{
		At:         at,
		Name:       cmp.Or(string(m.CustomerName), form.Name),
		Phone:      lenient.Phone(lenient.Text(given), s.Region).E164,
		Email:      cmp.Or(string(m.CustomerEmail), form.Email, m.formField(emailNames)),
		Form:       string(m.FormName),
		PageURL:    string(m.FormURL),
		VisitorIDs: m.visitorIDs(s),
		Traffic:    m.traffic(),
		Tags:       m.Tags,
		Fields:     m.FormData,
	}
	return []sources.Report{{Kind: conversion.KindLead, ExternalID: m.externalID(), Lead: l}}, nil
}

// formFields returns the fields of the form. The order of the form is lost, so names of
// fewer words come first: phone is more likely the visitor's than hotel_phone.
func (m message) formFields() []forms.Field {
	var fields []forms.Field
	for _, name := range slices.Sorted(maps.Keys(m.FormData)) {
		fields = append(fields, forms.Field{Name: name, Value: m.FormData[name]})
	}
	slices.SortStableFunc(fields, func(a, b forms.Field) int {
		return cmp.Compare(len(names.Words(a.Name)), len(names.Words(b.Name)))
	})
	return fields
}

// formField returns the first field, in the order of names, whose name contains one
// of these parts.
func (m message) formField(parts []string) string {
	sorted := slices.Sorted(maps.Keys(m.FormData))
	for _, part := range parts {
		for _, name := range sorted {
			if strings.Contains(strings.ToLower(name), part) {
				return m.FormData[name]
			}
		}
	}
	return ""
}
