package calltrackingmetrics

import (
	"cmp"
	"encoding/json"
	"maps"
	"time"

	"ringback/conversion"
	"ringback/sources"
	"ringback/sources/lenient"
)

// lead returns the lead of a FormReactor form.
func (m message) lead(receivedAt time.Time, s sources.Settings) ([]sources.Report, error) {
	at, err := m.startedAt(receivedAt, s)
	if err != nil {
		return nil, err
	}
	l := &conversion.Lead{
		At:         at,
		Name:       cmp.Or(m.Form["name"], string(m.Name), string(m.CNAM)),
		Phone:      lenient.FirstPhone(s.Region, m.CallerNumber, m.CallerComplete, m.ContactNumber).E164,
		Email:      cmp.Or(m.Form["email"], string(m.Email)),
		Form:       cmp.Or(m.Form["form_name"], m.Form["form_id"]),
		PageURL:    string(cmp.Or(m.LastLocation, m.Location)),
		VisitorIDs: m.ids,
		Traffic:    m.traffic(),
		Tags:       m.Tags,
		Fields:     m.formFields(),
	}
	return []sources.Report{{Kind: conversion.KindLead, ExternalID: m.externalID(), Lead: l}}, nil
}

// formFields returns the fields that the owner has added to the form.
func (m message) formFields() map[string]string {
	fields := maps.Clone(m.CustomFields)
	var custom []struct {
		ID    lenient.Text `json:"id"`
		Value any          `json:"value"`
	}
	if json.Unmarshal([]byte(m.Form["custom"]), &custom) != nil { // there are none
		return fields
	}
	for _, field := range custom {
		value, is := field.Value.(string)
		if !is {
			encoded, _ := json.Marshal(field.Value) // what was decoded from JSON always encodes
			value = string(encoded)
		}
		if field.ID == "" || field.Value == nil {
			continue
		}
		if fields == nil {
			fields = map[string]string{}
		}
		fields[string(field.ID)] = value
	}
	return fields
}
