package intake

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/internal/texts"
	"ringback/models"
	"ringback/phone"
	"ringback/reports"
	"ringback/web/internal/readable"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// leadBody is a form lead.
type leadBody struct {
	ExternalID string            `json:"external_id" doc:"Your id of the lead, of 1 to 128 letters, digits and . _ : ~ - A second lead with the same id is ignored as a duplicate. It must hold no personal data, as Temporal shows it." example:"lead-1"`
	At         *time.Time        `json:"at,omitempty" doc:"The time at which the form was sent (RFC 3339). Default: now." example:"2026-01-31T12:17:00Z"`
	Name       string            `json:"name,omitempty" maxLength:"200"`
	Phone      string            `json:"phone,omitempty" maxLength:"256" doc:"Preferably in E.164. Uniqueness is judged by the phone number, or by the e-mail address if there is none." example:"+12025550123"`
	Email      string            `json:"email,omitempty" maxLength:"254" example:"visitor@example.com"`
	Form       string            `json:"form,omitempty" maxLength:"200" doc:"The name of the form." example:"contact"`
	PageURL    string            `json:"page_url,omitempty" maxLength:"2048" doc:"The page with the form." example:"https://www.example.com/contact"`
	SessionID  string            `json:"session_id,omitempty" maxLength:"128" doc:"The visitor's session on the web site."`
	VisitorIDs map[string]string `json:"visitor_ids,omitempty" doc:"Visitor ids by the name of their system. GET /visitor-id-presets lists the systems and the cookies that hold their ids." example:"{\"rtbhouse\": \"test-visitor\"}"`
	Traffic    *wire.TrafficBody `json:"traffic,omitempty" doc:"Where the visit came from. Attribution counts it as a visit."`
	Tags       []string          `json:"tags,omitempty" maxItems:"50" maxLength:"100" doc:"Labels." example:"[\"sales\"]"`
	Fields     map[string]string `json:"fields,omitempty" maxProperties:"100" doc:"The other fields of the form, with names of up to 100 and values of up to 4096 characters." example:"{\"topic\": \"offer\"}"`
}

// leads is how leads are read.
var leads = readable.NewForm[leadBody]("name", "form", "fields")

// lead returns the lead. The region is the site's, for numbers without a country code.
func (b leadBody) lead(r *reader, received time.Time, region string) conversion.Lead {
	l := conversion.Lead{
		At: r.time("at", b.At, received), Name: strings.TrimSpace(b.Name),
		Form: strings.TrimSpace(b.Form), PageURL: strings.TrimSpace(b.PageURL), SessionID: strings.TrimSpace(b.SessionID),
		VisitorIDs: r.ids("visitor_ids", b.VisitorIDs, limits.VisitorIDs), Traffic: r.traffic(b.Traffic),
		Tags: r.tags(b.Tags), Fields: r.formFields(b.Fields),
	}
	if !limits.IsExternalID(b.ExternalID) {
		r.refused.Add("external_id", fault.Expect("external_id"))
	}
	b.readContact(r, &l, region)
	if b.Phone+b.Email == "" && l.SessionID == "" && len(l.VisitorIDs) == 0 {
		r.refused.Add("phone", fault.Expect("some_contact"))
	}
	return l
}

// readContact reads the phone number and the e-mail address. What was typed in place of
// one and is none is stored among the fields, where people find it.
func (b leadBody) readContact(r *reader, l *conversion.Lead, region string) {
	number := r.leftOut.Phone("phone", phone.WithoutPrefix(b.Phone), region)
	l.Phone = number.E164
	if number == (phone.Number{}) {
		l.KeepTyped("phone", b.Phone)
	}
	email := cmp.Or(limits.EmailIn(b.Email), strings.TrimSpace(b.Email))
	if email == "" || limits.IsEmail(email) {
		l.Email = email
		return
	}
	r.leftOut.Add("email", fault.Expect("email"))
	l.KeepTyped("email", b.Email)
}

// formFields returns the other fields of a form. Those without a name are left out.
func (r *reader) formFields(fields map[string]string) map[string]string {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if strings.TrimSpace(name) == "" || limits.Exceeds(name, limits.FieldName) {
			r.leftOut.Add("fields", fault.Expect("names_at_most").Counting(limits.FieldName))
			delete(fields, name)
		} else if limits.Exceeds(fields[name], limits.FieldValue) {
			r.leftOut.Add("fields."+name, fault.Expect("characters_at_most").Counting(limits.FieldValue))
			fields[name] = texts.First(fields[name], limits.FieldValue)
		}
	}
	return fields
}

func (h *Handler) postLead(ctx context.Context, in *struct {
	sites.InSite
	RawBody []byte
	Body    readable.Body[leadBody]
}) (*wire.Answer[acceptedView], error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	body, leftOut, err := leads.Read(in.Body, reports.Zone(site.TimeZone))
	if err != nil {
		return nil, err
	}
	if source, _, prefixed := strings.Cut(body.ExternalID, ":"); prefixed && h.isSource(source) {
		return nil, fault.InvalidFields(fault.Field{Path: "external_id", Expected: fault.Expect("id_of_no_source")})
	}
	var r reader
	r.leftOut.AddFields(leftOut...)
	lead := body.lead(&r, instant.Now(h.clock), site.Region)
	if err := r.err(); err != nil {
		return nil, err
	}
	end, err := h.reports.Begin(ctx, site.ID)
	if err != nil {
		return nil, err
	}
	defer end()
	accepted, err := h.acceptor.AcceptLead(ctx, models.NewLead{
		SiteID: site.ID, Source: sites.APISource, ExternalID: body.ExternalID,
		Lead: lead, Raw: bytes.Clone(in.RawBody), Reporter: reqctx.Reporter(ctx),
	})
	if err != nil {
		return nil, err
	}
	return viewAccepted(ctx, accepted, r.leftOut.Fields()), nil
}

// isSource reports whether leads whose ids begin with this name and a colon belong
// to a source: a provider, or the script on the pages.
func (h *Handler) isSource(name string) bool {
	_, ok := h.sources.Get(name)
	return ok || name == sites.ScriptSource
}
