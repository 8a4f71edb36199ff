package callrail

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/sources"
	"ringback/sources/lenient"
)

// Parts of field names that reveal what a form's field means, the most reliable first.
var (
	emailNames = []string{"email", "e-mail", "mail"}
	phoneNames = []string{"phone", "mobile", "tel"}
	nameNames  = []string{"full_name", "fullname", "your-name", "name"}
)

// lead returns the lead of a form submission. CallRail passes the form's fields with
// the names of the site, so the person's details are found by these names.
func (m message) lead(receivedAt time.Time, s sources.Settings) ([]sources.Report, error) {
	at, err := lenient.FirstTime(receivedAt, "submitted_at", exampleTime, times(s, m.SubmittedAt, m.CreatedAt, m.Timestamp)...)
	if err != nil {
		return nil, err
	}
	given := cmp.Or(string(m.CustomerNumber), m.formField(phoneNames))
	l := &conversion.Lead{
		At:         at,
		Name:       cmp.Or(string(m.CustomerName), m.formField(nameNames)),
		Phone:      lenient.Phone(lenient.Text(given), s.Region).E164,
		Email:      cmp.Or(string(m.CustomerEmail), m.formField(emailNames)),
		Form:       string(m.FormName),
		PageURL:    string(m.FormURL),
		VisitorIDs: m.visitorIDs(s),
		Traffic:    m.traffic(),
		Tags:       m.Tags,
		Fields:     m.FormData,
	}
	return []sources.Report{{Kind: conversion.KindLead, ExternalID: m.externalID(), Lead: l}}, nil
}

// formField returns the first field, in the order of names, whose name contains one
// of these parts.
func (m message) formField(parts []string) string {
	names := slices.Sorted(maps.Keys(m.FormData))
	for _, part := range parts {
		for _, name := range names {
			if strings.Contains(strings.ToLower(name), part) {
				return m.FormData[name]
			}
		}
	}
	return ""
}
