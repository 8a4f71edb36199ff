package collect

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ringback/conversion"
	"ringback/forms"
	"ringback/internal/fault"
	"ringback/internal/limits"
	"ringback/internal/texts"
	"ringback/models"
	"ringback/models/websites"
	"ringback/phone"
	"ringback/visits"
	"ringback/web/internal/sites"
)

// botTag is the tag of leads that an automated browser sent, so that integrations
// can leave them out.
const botTag = "bot"

// formBody is a form, or a call of ringback('lead', ...), as the script reports it.
type formBody struct {
	pageBody
	Form   string            `json:"form"`
	Fields listOf[fieldBody] `json:"fields"`
	Phone  string            `json:"phone"` // as the page itself passed it; it wins over the fields
	Email  string            `json:"email"`
	Name   string            `json:"name"`
	Tags   listOf[string]    `json:"tags"`
	Auto   bool              `json:"auto"` // the form is not marked: the site's settings capture all forms
}

// listOf is a list as the script posts it. Prototype 1.6 changes how browsers encode
// lists: there it is a text that holds the list in JSON. A page may also pass one
// value in place of a list.
type listOf[T any] []T

// UnmarshalJSON reads a list, a text that holds one, or a single value.
func (l *listOf[T]) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil && strings.HasPrefix(text, "[") {
		data = []byte(text)
	}
	var one T
	if !strings.HasPrefix(string(data), "[") && json.Unmarshal(data, &one) == nil && string(data) != "null" {
		*l = listOf[T]{one}
		return nil
	}
	return json.Unmarshal(data, (*[]T)(l)) //nolint:wrapcheck // readBody distinguishes the decoder's errors
}

type fieldBody struct {
	Name         string `json:"name"`
	Type         string `json:"type"`
	Autocomplete string `json:"autocomplete"`
	Label        string `json:"label"`
	Value        string `json:"value"`
}

// acceptLead stores a lead before it answers (G1), under the id that the script
// made for it (G2). The lead of a real form is stored even if single values are
// invalid: nobody can correct them.
func (h *Handler) acceptLead(r scriptRequest) error {
	if err := h.limits.leads.Take(r.from.networks); err != nil {
		return err
	}
	var body formBody
	if err := readBody(r.body, &body); err != nil {
		return err
	}
	if body.isEmpty() {
		return badBody("fields", fault.Expect("form_fields"))
	}
	in, err := h.leadOf(r, body)
	if err != nil {
		return err
	}
	if body.Auto && !isReachable(in.Lead) {
		h.metrics.ScriptRefused(noContact)
		return accepted(r)
	}
	return h.inTurn(h.reports, func(r scriptRequest) error {
		if _, err := h.leads.AcceptLead(r.ctx(), in); err != nil {
			return err
		}
		return accepted(r)
	})(r)
}

// noContact is the reason for which forms are refused that are no leads, such as a
// search or a log-in on a site whose settings capture all forms.
const noContact = "no_contact"

// isReachable reports whether a lead has a phone number or an e-mail address.
// Mistyped ones count: people may be able to read them.
func isReachable(l conversion.Lead) bool {
	return l.Phone+l.Email+l.Fields[phoneField]+l.Fields[emailField] != ""
}

func (b formBody) isEmpty() bool {
	return len(b.Fields) == 0 && texts.Clean(b.Phone+b.Email+b.Name) == ""
}

// leadOf returns the lead of a form with the activity of its visitor. The lead of a
// bot is stored too, as a person may be mistaken for a bot. It gets a tag and counts
// as no visit.
func (h *Handler) leadOf(r scriptRequest, body formBody) (models.NewLead, error) {
	activity := h.activity(r, body.pageBody, visits.Form)
	in := models.NewLead{
		SiteID: r.plan.Site.ID, Source: sites.ScriptSource, ExternalID: sites.ScriptSource + ":" + body.ID,
		Lead: body.lead(r.plan.Site), Reporter: conversion.Reporter{Kind: conversion.ByScript},
	}
	var leftOut []string
	in.Lead.Tags, leftOut = r.plan.Site.Script.LeadTags.Split(in.Lead.Tags)
	in.Lead.At, in.Lead.VisitorIDs = activity.Hit.At, activity.VisitorIDs
	if body.isBot(r.from) {
		in.Lead.Tags = append(in.Lead.Tags, botTag)
	} else {
		in.Activity, in.Plan = &activity, &r.plan
	}
	var err error
	if in.Raw, err = json.Marshal(storedLead{Visitor: body.Visitor, Storage: activity.Storage, Version: activity.Script, AgoMS: body.age().Milliseconds(), Lead: in.Lead, TagsLeftOut: leftOut}); err != nil {
		return in, fmt.Errorf("encoding a lead: %w", err)
	}
	return in, nil
}

// storedLead is what is stored as the body of a lead. The body itself is not
// stored, unlike that of other sources: a form may hold what must not be stored.
type storedLead struct {
	Visitor string          `json:"visitor"`
	Storage string          `json:"storage,omitempty"`
	Version string          `json:"version,omitempty"`
	AgoMS   int64           `json:"ago"`
	Lead    conversion.Lead `json:"lead"`
	// TagsLeftOut are the tags of the page that the site's settings do not allow.
	TagsLeftOut []string `json:"tags_left_out,omitempty"`
}

// lead returns the lead that a form holds: the person, and the other fields by name.
func (b formBody) lead(site websites.Site) conversion.Lead {
	fields := make([]forms.Field, 0, len(b.Fields))
	for _, f := range b.Fields {
		fields = append(fields, forms.Field(f))
	}
	read := forms.Read(fields, site.Script.Fields)
	l := conversion.Lead{
		Name: texts.First(cmp.Or(texts.Clean(b.Name), read.Name), limits.Name),
		Form: texts.First(texts.Clean(b.Form), limits.Name), PageURL: visits.CleanURL(texts.Clean(b.URL)),
		Tags: labels(b.Tags), Fields: read.Fields,
	}
	l.Phone = firstValid(&l, phoneField, func(given string) (string, error) {
		number, err := phone.Normalize(phone.WithoutPrefix(given), site.Region)
		return number.E164, err
	}, b.Phone, read.Phone)
	l.Email = firstValid(&l, emailField, emailAddress, b.Email, read.Email)
	return l
}

// The fields of a lead that hold what was typed as its phone number or e-mail
// address and is none.
const (
	phoneField = "phone"
	emailField = "email"
)

// firstValid returns the first of the texts that is valid. If a text is not, it is
// stored among the fields as it was typed, where people find it.
func firstValid(l *conversion.Lead, name string, read func(string) (string, error), typed ...string) string {
	for _, given := range typed {
		given = texts.First(texts.Clean(given), limits.FieldValue)
		value, err := read(given)
		if value != "" {
			return value
		}
		if err != nil && given != "" {
			l.KeepTyped(name, given)
		}
	}
	return ""
}

func emailAddress(given string) (string, error) {
	given = limits.EmailIn(given)
	if !limits.IsEmail(given) || len(given) > limits.Email {
		return "", errors.New("expected an e-mail address")
	}
	return given, nil
}

// labels returns the tags that the page passed: trimmed, cut to length, each once.
func labels(given []string) []string {
	var out []string
	for _, label := range given {
		label = texts.First(texts.Line(label), limits.Tag)
		if label != "" && !slices.Contains(out, label) && len(out) < limits.Tags {
			out = append(out, label)
		}
	}
	return out
}
