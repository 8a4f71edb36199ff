package mapped

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"ringback/conversion"
	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/internal/texts"
	"ringback/internal/unread"
	"ringback/sources"
)

// read returns what the message reports.
func (e *evaluation) read() (sources.Reading, error) {
	kind, err := e.choice("kind", unread.UnknownEvent)
	switch {
	case err != nil:
		return sources.Reading{}, err
	case kind == "":
		return sources.Reading{}, e.missing("kind")
	case kind == kindIgnore:
		return sources.Reading{LeftOut: sources.NotAReport}, nil
	}
	id := e.look("id")
	if id.Value == "" {
		return sources.Reading{}, e.missing("id")
	}
	if kind == kindLead {
		return e.lead(externalID(id.Value))
	}
	direction, err := e.choice("direction", unread.UnknownValue)
	switch {
	case err != nil:
		return sources.Reading{}, err
	case direction == outbound:
		return sources.Reading{LeftOut: sources.OutboundCall}, nil
	}
	reports, err := e.call(kind, externalID(id.Value))
	if err == nil && len(reports) == 0 {
		return sources.Reading{LeftOut: sources.NotAReport}, nil
	}
	return sources.Reading{Reports: reports}, err
}

// missing returns the error of a field without which the message means nothing.
func (e *evaluation) missing(name string) error {
	return unread.New(unread.Missing, cmp.Or(e.mapping.Fields[name].where(), name))
}

// externalID returns the id of a call or lead. One that Temporal could not show, such as
// sip:1234@host, becomes a digest.
func externalID(given string) string {
	if limits.IsExternalID(given) {
		return given
	}
	digest := sha256.Sum256([]byte(given))
	return "digest-" + hex.EncodeToString(digest[:16])
}

// visit is what a message has about the visit.
type visit struct {
	sessionID  string
	visitorIDs map[string]string
	traffic    *conversion.Traffic
}

func (v visit) isEmpty() bool { return v.sessionID == "" && v.visitorIDs == nil && v.traffic == nil }

func (e *evaluation) visit() visit {
	ids := e.group("visitor_ids", limits.FieldValue)
	maps.DeleteFunc(ids, func(_, id string) bool { return !conversion.UsableVisitorID(id) || limits.Exceeds(id, limits.ID) })
	if len(ids) == 0 {
		ids = nil
	}
	of := e.group("traffic", limits.ID)
	return visit{
		sessionID:  e.text("session_id", maxSession),
		visitorIDs: first(ids, limits.VisitorIDs),
		traffic: sources.VisitTraffic(conversion.Traffic{
			Source: of["source"], Medium: of["medium"], Campaign: of["campaign"], Content: of["content"], Term: of["term"],
			Referrer: of["referrer"], LandingPage: of["landing_page"], PageURL: of["page_url"],
			City: of["city"], Region: of["region"], Country: of["country"], Device: of["device"],
			ClickIDs: first(e.group("click_ids", limits.ID), limits.ClickIDs),
		}),
	}
}

// maxSession is the most characters of the id of a session, as in the API.
const maxSession = 128

// first returns so many entries of a map, the first by their names.
func first(all map[string]string, most int) map[string]string {
	if len(all) <= most {
		return all
	}
	kept := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(all))[:most] {
		kept[name] = all[name]
	}
	return kept
}

// lead returns the lead in the message. Without anything by which the person could be
// known, it means nothing.
func (e *evaluation) lead(id string) (sources.Reading, error) {
	at, err := e.moment("at")
	if err != nil {
		return sources.Reading{}, err
	}
	v := e.visit()
	l := &conversion.Lead{
		At:   instant.Of(*cmp.Or(at, &e.receivedAt)),
		Name: e.text("name", limits.Name), Phone: e.phone("phone").E164, Email: e.text("email", limits.Email),
		Form: e.text("form", limits.Name), PageURL: e.text("page_url", limits.ID),
		SessionID: v.sessionID, VisitorIDs: v.visitorIDs, Traffic: v.traffic,
		Tags: e.tags(), Fields: e.formFields(),
	}
	if l.Phone+l.Email+l.SessionID == "" && len(l.VisitorIDs) == 0 {
		for _, name := range []string{"phone", "email", "session_id"} {
			if _, mapped := e.mapping.Fields[name]; mapped {
				return sources.Reading{}, e.missing(name)
			}
		}
		return sources.Reading{}, e.missing("phone")
	}
	return sources.Reading{Reports: []sources.Report{{Kind: conversion.KindLead, ExternalID: id, Lead: l}}}, nil
}

// formFields returns the values of the object at fields, and those of single fields of
// the form.
func (e *evaluation) formFields() map[string]string {
	all := e.group("fields", limits.FieldValue)
	field, mapped := e.mapping.Fields["fields"]
	if !mapped {
		return all
	}
	if all == nil {
		all = map[string]string{}
	}
	f := e.look("fields")
	for _, text := range field.From {
		found := false
		for _, value := range e.selectAt(text) {
			object, _ := value.(map[string]any)
			for name, value := range object {
				if text := texts.First(textOf(value), limits.FieldValue); text != "" {
					found = true
					all[texts.First(name, limits.FieldName)] = cmp.Or(all[texts.First(name, limits.FieldName)], text)
				}
			}
		}
		if found {
			f.Path, f.Reason = text, nil
			break
		}
	}
	if len(all) == 0 {
		return nil
	}
	return first(all, limits.Fields)
}
