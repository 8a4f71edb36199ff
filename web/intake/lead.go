package intake

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/models"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// leadBody is a form lead.
type leadBody struct {
	ExternalID string            `json:"external_id" doc:"Your id of the lead, of 1 to 128 letters, digits and . _ : ~ - A second lead with the same id is ignored as a duplicate. It must hold no personal data, as Temporal shows it." example:"lead-1"`
	At         *time.Time        `json:"at,omitempty" doc:"The time at which the form was sent (RFC 3339). Default: now." example:"2026-01-31T12:17:00Z"`
	Name       string            `json:"name,omitempty" maxLength:"200"`
	Phone      string            `json:"phone,omitempty" maxLength:"64" doc:"Preferably in E.164. Uniqueness is judged by the phone number, or by the e-mail address if there is none." example:"+12025550123"`
	Email      string            `json:"email,omitempty" maxLength:"254" example:"visitor@example.com"`
	Form       string            `json:"form,omitempty" maxLength:"200" doc:"The name of the form." example:"contact"`
	PageURL    string            `json:"page_url,omitempty" maxLength:"2048" doc:"The page with the form." example:"https://www.example.com/contact"`
	SessionID  string            `json:"session_id,omitempty" maxLength:"128" doc:"The visitor's session on the web site."`
	VisitorIDs map[string]string `json:"visitor_ids,omitempty" doc:"Visitor ids by the name of their system. GET /visitor-id-presets lists the systems and the cookies that hold their ids." example:"{\"rtbhouse\": \"test-visitor\"}"`
	Traffic    *wire.TrafficBody `json:"traffic,omitempty" doc:"Where the visit came from. Attribution counts it as a visit."`
	Tags       []string          `json:"tags,omitempty" maxItems:"50" maxLength:"100" doc:"Labels." example:"[\"sales\"]"`
	Fields     map[string]string `json:"fields,omitempty" maxProperties:"100" doc:"The other fields of the form, with names of up to 100 and values of up to 4096 characters." example:"{\"topic\": \"offer\"}"`
}

// lead checks the body and returns the lead. The region is the site's, for numbers
// without a country code.
func (b leadBody) lead(received time.Time, region string) (conversion.Lead, error) {
	var c checker
	l := conversion.Lead{
		At: c.Time("at", b.At, received), Name: strings.TrimSpace(b.Name), Email: c.email(b.Email),
		Form: strings.TrimSpace(b.Form), PageURL: strings.TrimSpace(b.PageURL), SessionID: strings.TrimSpace(b.SessionID),
		VisitorIDs: c.IDs("visitor_ids", b.VisitorIDs, limits.VisitorIDs), Traffic: c.Traffic("traffic", b.Traffic),
		Tags: c.Tags("tags", b.Tags), Fields: c.formFields(b.Fields),
	}
	if !limits.IsExternalID(b.ExternalID) {
		c.Add("external_id", fault.Expect("external_id"))
	}
	l.Phone = c.Phone("phone", b.Phone, region).E164
	if b.Phone == "" && l.Email == "" && l.SessionID == "" && len(l.VisitorIDs) == 0 {
		c.Add("phone", fault.Expect("some_contact"))
	}
	return l, c.Err()
}

func (c *checker) email(given string) string {
	given = strings.TrimSpace(given)
	if given == "" {
		return ""
	}
	if !limits.IsEmail(given) {
		c.Add("email", fault.Expect("email"))
	}
	return given
}

func (c *checker) formFields(fields map[string]string) map[string]string {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch {
		case strings.TrimSpace(name) == "" || limits.Exceeds(name, limits.FieldName):
			c.Add("fields", fault.Expect("names_at_most").Counting(limits.FieldName))
		case limits.Exceeds(fields[name], limits.FieldValue):
			c.Add("fields."+name, fault.Expect("characters_at_most").Counting(limits.FieldValue))
		}
	}
	return fields
}

func (h *Handler) postLead(ctx context.Context, in *struct {
	sites.InSite
	RawBody []byte
	Body    leadBody
}) (*wire.Answer[acceptedView], error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	if source, _, prefixed := strings.Cut(in.Body.ExternalID, ":"); prefixed && h.isSource(source) {
		return nil, fault.InvalidFields(fault.Field{Path: "external_id", Expected: fault.Expect("id_of_no_source")})
	}
	lead, err := in.Body.lead(instant.Now(h.clock), site.Region)
	if err != nil {
		return nil, err
	}
	accepted, err := h.acceptor.AcceptLead(ctx, models.NewLead{
		SiteID: site.ID, Source: sites.APISource, ExternalID: in.Body.ExternalID,
		Lead: lead, Raw: bytes.Clone(in.RawBody),
	})
	if err != nil {
		return nil, err
	}
	return viewAccepted(accepted), nil
}

// isSource reports whether leads whose ids begin with this name and a colon belong
// to a source: a provider, or the script on the pages.
func (h *Handler) isSource(name string) bool {
	_, ok := h.sources.Get(name)
	return ok || name == sites.ScriptSource
}
