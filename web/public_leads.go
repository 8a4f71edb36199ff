package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/mail"
	"slices"

	"ringback/conversion"
	"ringback/forms"
	"ringback/models"
	"ringback/phone"
	"ringback/visits"
)

// scriptSource is the source of the leads that the sites' scripts report.
const scriptSource = "script"

// tagOfBot is the tag of leads that a program sent, for integrations to leave out.
const tagOfBot = "bot"

// formBody is a form, or a call of ringback('lead', ...), as the script reports it.
type formBody struct {
	pageBody
	Form   string      `json:"form"`
	Fields []fieldBody `json:"fields"`
	Phone  string      `json:"phone"` // what the page itself says it is; it wins over the fields
	Email  string      `json:"email"`
	Name   string      `json:"name"`
	Tags   []string    `json:"tags"`
}

type fieldBody struct {
	Name         string `json:"name"`
	Type         string `json:"type"`
	Autocomplete string `json:"autocomplete"`
	Label        string `json:"label"`
	Value        string `json:"value"`
}

// takeLead stores a lead before it answers (guarantee 1), under the script's id
// of it (guarantee 2). Whatever is wrong with single values, a real form's lead
// is kept: nobody is there to correct it.
func (s *server) takeLead(p posted) error {
	if err := s.limits.leads.take(p.from.network); err != nil {
		return err
	}
	var body formBody
	if err := readPage(p.body, &body, &body.pageBody); err != nil {
		return err
	}
	in, err := s.scriptLead(p, body)
	if err != nil {
		return err
	}
	if _, err := s.storeLead(p.ctx(), in); err != nil {
		return err
	}
	return p.JSON(http.StatusAccepted, struct{}{})
}

// scriptLead is the lead with what its visitor did. That of a bot is kept, as a
// person's may be taken for one, but is no visit, and says so by a tag.
func (s *server) scriptLead(p posted, body formBody) (models.LeadIn, error) {
	activity := s.activity(p, body.pageBody, visits.Form)
	in := models.LeadIn{
		SiteID: p.plan.Site.ID, Source: scriptSource, ExternalID: scriptSource + ":" + body.ID,
		Lead: body.lead(p.plan.Site),
	}
	in.Lead.At, in.Lead.VisitorIDs = activity.Hit.At, activity.VisitorIDs
	if body.isBot(p.from) {
		in.Lead.Tags = append(in.Lead.Tags, tagOfBot)
	} else {
		in.Activity, in.Plan = &activity, &p.plan
	}
	var err error
	if in.Raw, err = json.Marshal(kept{Visitor: body.Visitor, Storage: activity.Storage, Version: activity.Script, AgoMS: body.age().Milliseconds(), Lead: in.Lead}); err != nil {
		return in, fmt.Errorf("writing down a lead: %w", err)
	}
	return in, nil
}

// kept is what is kept of the body of a script's lead. Unlike those of other
// sources it is not kept as it came: a form may hold what must not be stored.
type kept struct {
	Visitor string          `json:"visitor"`
	Storage string          `json:"storage,omitempty"`
	Version string          `json:"version,omitempty"`
	AgoMS   int64           `json:"ago"`
	Lead    conversion.Lead `json:"lead"`
}

// lead is what the form says: who, and the rest by name.
func (b formBody) lead(site models.Site) conversion.Lead {
	fields := make([]forms.Field, 0, len(b.Fields))
	for _, f := range b.Fields {
		fields = append(fields, forms.Field(f))
	}
	read := forms.Read(fields, site.Script.Fields)
	l := conversion.Lead{
		Name: text(first(b.Name, read.Name), maxPersonName), Form: text(b.Form, maxFormName),
		PageURL: plain(visits.CleanURL(b.URL)), Tags: labels(b.Tags), Fields: texts(read.Fields),
	}
	l.Phone = keepUnread(l.Fields, "phone", first(b.Phone, read.Phone), func(given string) (string, bool) {
		number, err := phone.Normalize(given, site.Region)
		return number.E164, err == nil
	})
	l.Email = keepUnread(l.Fields, "email", first(b.Email, read.Email), func(given string) (string, bool) {
		parsed, err := mail.ParseAddress(given)
		return given, err == nil && parsed.Address == given && len(given) <= maxEmailOnForm
	})
	return l
}

// keepUnread reads a value, or keeps it as it was typed among the fields, where
// a person finds it.
func keepUnread(fields map[string]string, name, given string, read func(string) (string, bool)) string {
	given = text(given, maxFieldValue)
	if given == "" {
		return ""
	}
	value, ok := read(given)
	if ok {
		return value
	}
	if _, taken := fields[name]; !taken {
		fields[name] = given
	}
	return ""
}

func first(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

// labels makes tags of what the page gave: trimmed, cut, each once.
func labels(given []string) []string {
	var out []string
	for _, label := range given {
		label = text(label, maxTag)
		if label != "" && !slices.Contains(out, label) && len(out) < maxTags {
			out = append(out, label)
		}
	}
	return out
}
