package callrail

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/sources"
)

// Parts of field names by which a form's fields are recognised, the surest first.
var (
	emailNames = []string{"email", "e-mail", "mail"}
	phoneNames = []string{"phone", "mobile", "tel"}
	nameNames  = []string{"full_name", "fullname", "your-name", "name"}
)

// lead reads a form submission. CallRail passes the form's fields on as the
// site names them, so who sent it is found by the fields' names.
func (m message) lead(receivedAt time.Time, s sources.Settings) ([]sources.Report, error) {
	at, ok := parseTime(receivedAt, m.SubmittedAt, m.CreatedAt, m.Timestamp)
	if !ok {
		return nil, fault.InvalidFields(fault.Field{Path: "submitted_at", Expected: "when the form was sent, " + plausible + ", such as 2026-03-01T12:00:00.000-05:00"})
	}
	given := cmp.Or(string(m.CustomerNumber), m.formField(phoneNames))
	l := &conversion.Lead{
		At:         at,
		Name:       cmp.Or(string(m.CustomerName), m.formField(nameNames)),
		Phone:      number(text(given), s.Region).E164,
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

// formField returns the first field, by name, whose name has one of these parts.
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
