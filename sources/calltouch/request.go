package calltouch

import (
	"time"

	"ringback/conversion"
	"ringback/internal/unread"
	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/visitorid"
)

// The names of fields of a request, in the order in which they count.
var (
	requestIDs    = []string{"requestId", "requestid", "request_id"}
	requestTimes  = []string{"date", "timestamp", "dateStr", "requestDate", "calltime"}
	requestPhones = []string{"phoneNumber", "phone", "callerphone", "phonenumber"}
)

// isRequest reports whether a message without an event is that of a request.
func (m message) isRequest() bool {
	return m.first(append(requestIDs, "requestNumber")...) != "" || m.first(callers...) == "" && m.first("fio", "subject") != ""
}

// lead returns the lead of a request. The names of the fields in a webhook are unknown,
// so those of Calltouch's API are read.
func (m message) lead(receivedAt time.Time, s sources.Settings) ([]sources.Report, error) {
	id := string(m.first(append(requestIDs, "id")...))
	if id == "" {
		return nil, unread.New(unread.Missing, "requestId")
	}
	at, err := m.time(receivedAt, s, "date", requestTimes...)
	if err != nil {
		return nil, err
	}
	l := &conversion.Lead{
		At:         at,
		Name:       string(m.first("fio", "name")),
		Phone:      number(m.first(requestPhones...), s.Region).E164,
		Email:      string(m["email"]),
		Form:       string(m.first("subject", "requestSubject")),
		PageURL:    string(m.first("requestUrl", "callUrl", "url")),
		VisitorIDs: m.visitorIDs(s),
		Traffic:    m.traffic(),
		Tags:       m.tags(),
		Fields:     lenient.NotEmpty(map[string]lenient.Text{"comment": m["comment"], "requestNumber": m["requestNumber"]}),
	}
	return []sources.Report{{Kind: conversion.KindLead, ExternalID: id, Lead: l}}, nil
}

// visitorIDs returns Calltouch's own ids of the visitor and the session, those of
// Google and Yandex, and those in the owner's fields.
func (m message) visitorIDs(s sources.Settings) map[string]string {
	fields := make(map[string]string, len(m))
	for name, value := range m {
		fields[name] = string(value)
	}
	return sources.VisitorIDs(sources.Places(description.Option(s.Values, "visitor_ids")), lenient.TreeOf(fields).At, map[string]string{
		visitorid.Calltouch:        string(m["ctClientId"]),
		visitorid.CalltouchSession: string(m["sessionId"]),
		"ga":                       string(m.first("gcid", "clientId")),
		"yandex":                   string(m["yaClientId"]),
	})
}

// traffic returns the origin of the visit, or nil if the message has nothing about a
// visit.
func (m message) traffic() *conversion.Traffic {
	return sources.VisitTraffic(conversion.Traffic{
		Source:      string(m.first("utm_source", "utmSource", "source")),
		Medium:      string(m.first("utm_medium", "utmMedium", "medium")),
		Campaign:    string(m.first("utm_campaign", "utmCampaign")),
		Content:     string(m.first("utm_content", "utmContent")),
		Term:        string(m.first("utm_term", "utmTerm", "keyword")),
		Referrer:    string(m["ref"]),
		LandingPage: string(m["url"]),
		PageURL:     string(m["callUrl"]),
		City:        string(m["city"]),
		Device:      string(m["device"]),
	})
}
