package web

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
	"ringback/phone"
	"ringback/web/collect"
)

// leadBody is a form lead.
type leadBody struct {
	ExternalID string            `json:"external_id" doc:"Your id of the lead: a repeat with the same id is the same lead. 1 to 128 letters, digits and . _ : ~ - and no personal data: it is shown in Temporal." example:"lead-1"`
	At         *time.Time        `json:"at,omitempty" doc:"When it was sent (RFC 3339). Left out: now." example:"2026-01-31T12:17:00Z"`
	Name       string            `json:"name,omitempty" maxLength:"200"`
	Phone      string            `json:"phone,omitempty" maxLength:"64" doc:"Best as E.164. Uniqueness goes by it, else by email." example:"+12025550123"`
	Email      string            `json:"email,omitempty" maxLength:"254" example:"visitor@example.com"`
	Form       string            `json:"form,omitempty" maxLength:"200" doc:"Which form." example:"contact"`
	PageURL    string            `json:"page_url,omitempty" maxLength:"2048" doc:"The page with the form." example:"https://www.example.com/contact"`
	SessionID  string            `json:"session_id,omitempty" maxLength:"128" doc:"The visitor's session on the web site."`
	VisitorIDs map[string]string `json:"visitor_ids,omitempty" doc:"The visitor's ids at third parties, by system. GET /visitor-id-presets lists the systems and the cookies that hold their ids." example:"{\"rtbhouse\": \"test-visitor\"}"`
	Traffic    *trafficBody      `json:"traffic,omitempty" doc:"Where the visit came from. It counts as a visit."`
	Tags       []string          `json:"tags,omitempty" maxItems:"50" maxLength:"100" doc:"Labels." example:"[\"sales\"]"`
	Fields     map[string]string `json:"fields,omitempty" maxProperties:"100" doc:"What else the form had: names of up to 100 characters, values of up to 4096." example:"{\"topic\": \"offer\"}"`
}

// lead reads the body of a lead. Region is the site's, for numbers without a country.
func (b leadBody) lead(received time.Time, region string) (conversion.Lead, error) {
	var c checker
	l := conversion.Lead{
		At: c.time("at", b.At, received), Name: strings.TrimSpace(b.Name), Email: c.email(b.Email),
		Form: strings.TrimSpace(b.Form), PageURL: strings.TrimSpace(b.PageURL), SessionID: strings.TrimSpace(b.SessionID),
		VisitorIDs: c.names("visitor_ids", b.VisitorIDs, limits.VisitorIDs), Traffic: c.traffic("traffic", b.Traffic),
		Tags: c.tags("tags", b.Tags), Fields: c.formFields(b.Fields),
	}
	if !externalIDPattern.MatchString(b.ExternalID) {
		c.add("external_id", "%s", externalIDForm)
	}
	number, err := phone.Normalize(b.Phone, region)
	if err != nil {
		c.add("phone", "%s", strings.TrimPrefix(err.Error(), "expected "))
	}
	l.Phone = number.E164
	if b.Phone == "" && l.Email == "" && l.SessionID == "" && len(l.VisitorIDs) == 0 {
		c.add("phone", "at least one of phone, email, session_id and visitor_ids: without any of them nobody can tell whose lead it is")
	}
	return l, c.err()
}

func (c *checker) email(given string) string {
	given = strings.TrimSpace(given)
	if given == "" {
		return ""
	}
	if !limits.IsEmail(given) {
		c.add("email", "an e-mail address such as visitor@example.com")
	}
	return given
}

func (c *checker) formFields(fields map[string]string) map[string]string {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch {
		case strings.TrimSpace(name) == "" || limits.Exceeds(name, limits.FieldName):
			c.add("fields", "names of 1 to %d characters", limits.FieldName)
		case limits.Exceeds(fields[name], limits.FieldValue):
			c.add("fields."+name, "at most %d characters", limits.FieldValue)
		}
	}
	return fields
}

func (s *server) postLead(ctx context.Context, in *struct {
	InSite
	RawBody []byte
	Body    leadBody
}) (*answer[acceptedView], error) {
	site, err := s.site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	if source, _, prefixed := strings.Cut(in.Body.ExternalID, ":"); prefixed && s.isSource(source) {
		return nil, fault.InvalidFields(fault.Field{Path: "external_id", Expected: "an id that does not start with the name of a source and a colon: those are the leads of that source"})
	}
	lead, err := in.Body.lead(instant.Now(s.clock), site.Region)
	if err != nil {
		return nil, err
	}
	accepted, err := s.acceptor.AcceptLead(ctx, models.NewLead{
		SiteID: site.ID, Source: apiSource, ExternalID: in.Body.ExternalID,
		Lead: lead, Raw: bytes.Clone(in.RawBody),
	})
	if err != nil {
		return nil, err
	}
	return viewAccepted(accepted), nil
}

// isSource reports whether leads with this name before a colon are a source's own:
// a provider's, or those of the sites' scripts.
func (s *server) isSource(name string) bool {
	_, ok := s.Sources.Get(name)
	return ok || name == collect.Source
}
