package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"ringback/conversion"
	"ringback/forms"
	"ringback/internal/texts"
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
	Auto   bool        `json:"auto"` // nobody marked the form: the site has all of them taken
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
	if err := readScripts(p.body, &body); err != nil {
		return err
	}
	if body.isEmpty() {
		return badBody("fields", "those of a form, or a phone, email or name")
	}
	in, err := s.scriptLead(p, body)
	if err != nil {
		return err
	}
	if body.Auto && !reachable(in.Lead) {
		s.Metrics.ScriptRefused(noContact)
		return p.JSON(http.StatusAccepted, struct{}{})
	}
	if _, err := s.storeLead(p.ctx(), in); err != nil {
		return err
	}
	return p.JSON(http.StatusAccepted, struct{}{})
}

// noContact is what leads are left out for that nobody meant as leads: a search,
// a filter or a log-in was sent, on a site that has all its forms taken.
const noContact = "no_contact"

// reachable reports whether one can call or write to who sent a form. What was
// typed wrong is worth a look too.
func reachable(l conversion.Lead) bool {
	return l.Phone+l.Email+l.Fields[phoneField]+l.Fields[emailField] != ""
}

func (b formBody) isEmpty() bool {
	return len(b.Fields) == 0 && texts.Clean(b.Phone+b.Email+b.Name) == ""
}

// scriptLead is the lead with what its visitor did. That of a bot is kept, as a
// person's may be taken for one, but is no visit, and says so by a tag.
func (s *server) scriptLead(p posted, body formBody) (models.NewLead, error) {
	activity := s.activity(p, body.pageBody, visits.Form)
	in := models.NewLead{
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
		Name: texts.First(cmp.Or(texts.Clean(b.Name), read.Name), maxPersonName),
		Form: texts.First(texts.Clean(b.Form), maxFormName), PageURL: visits.CleanURL(texts.Clean(b.URL)),
		Tags: labels(b.Tags), Fields: read.Fields,
	}
	l.Phone = readOrKeep(&l, phoneField, func(given string) (string, error) {
		number, err := phone.Normalize(given, site.Region)
		return number.E164, err
	}, b.Phone, read.Phone)
	l.Email = readOrKeep(&l, emailField, emailAddress, b.Email, read.Email)
	return l
}

// Where a lead keeps what was typed as its phone or e-mail and is none.
const (
	phoneField = "phone"
	emailField = "email"
)

// readOrKeep returns the first of the texts that can be read as what it should be.
// One that cannot is kept among the fields as it was typed, where people find it.
func readOrKeep(l *conversion.Lead, name string, read func(string) (string, error), typed ...string) string {
	for _, given := range typed {
		given = texts.First(texts.Clean(given), maxFieldValue)
		value, err := read(given)
		if value != "" {
			return value
		}
		if err != nil && given != "" && l.Fields[name] == "" {
			if l.Fields == nil {
				l.Fields = map[string]string{}
			}
			l.Fields[name] = given
		}
	}
	return ""
}

func emailAddress(given string) (string, error) {
	if !isEmail(given) || len(given) > maxEmail {
		return "", errors.New("expected an e-mail address")
	}
	return given, nil
}

// labels makes tags of what the page gave: trimmed, cut, each once.
func labels(given []string) []string {
	var out []string
	for _, label := range given {
		label = texts.First(texts.Clean(label), maxTag)
		if label != "" && !slices.Contains(out, label) && len(out) < maxTags {
			out = append(out, label)
		}
	}
	return out
}
