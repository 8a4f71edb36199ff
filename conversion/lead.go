package conversion

import (
	"strings"

	"ringback/internal/instant"
)

// Facts returns the facts that a decision is based on. A lead is complete when it
// arrives: all its tags count, and nothing is waited for. The person is identified
// by the phone number, or by the e-mail address if there is none.
func (l Lead) Facts(visits []Visit, earlier Earlier) Facts {
	at := instant.Of(l.At)
	who := visitor{session: l.SessionID, ids: l.VisitorIDs}
	if l.Traffic.isReported() {
		traffic := l.Traffic.Normalized()
		who.inline = &traffic
	}
	f := Facts{
		Kind:         KindLead,
		At:           at,
		Ended:        true,
		EndedAt:      at,
		Tags:         addTags(nil, alphabetical(l.Tags), TagByAPI, at),
		SessionKnown: who.known(),
		OwnVisitAt:   who.ownVisitAt(visits, at),
		Visits:       who.history(visits, at),
		Earlier:      earlier,
	}
	f.Person, f.PersonBy = l.person()
	return f
}

// person returns the phone number or e-mail address that uniqueness compares, and which of them it is.
func (l Lead) person() (person, by string) {
	if phone := strings.TrimSpace(l.Phone); phone != "" {
		return phone, PersonByPhone
	}
	if email := strings.ToLower(strings.TrimSpace(l.Email)); email != "" {
		return email, PersonByEmail
	}
	return "", ""
}

// KeepTyped stores what was typed in place of a phone number or an e-mail address, and is
// none, among the fields, where people find it. A field that has the name already stays.
func (l *Lead) KeepTyped(name, typed string) {
	if l.Fields[name] != "" {
		return
	}
	if l.Fields == nil {
		l.Fields = map[string]string{}
	}
	l.Fields[name] = typed
}
