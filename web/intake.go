package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/models"
)

// externalIDForm says what an external id may be.
const externalIDForm = "1 to 128 letters, digits and . _ : ~ - starting with a letter or digit; no personal data and no @, + or /: the id is shown in Temporal"

var (
	externalIDPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$`)
	mapNamePattern    = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)
)

// acceptedView is the answer to an event or a lead.
type acceptedView struct {
	ConversionID string `json:"conversion_id" doc:"Ringback's id of the call or lead." example:"cnv_01jdq00000000000000000000"`
	Duplicate    bool   `json:"duplicate" doc:"The same was stored before; nothing has changed."`
	Late         bool   `json:"late" doc:"It came after the decisions were made: it is kept and shown, and changes none of them."`
}

func viewAccepted(a models.Accepted) *answer[acceptedView] {
	return answerOf(acceptedView{ConversionID: a.ConversionID, Duplicate: a.Duplicate, Late: a.Late})
}

// contentID is the id of an event that came without one: the same bytes are the same event.
func contentID(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "body-" + hex.EncodeToString(sum[:16])
}

// checker collects what is wrong with a body, and reads what needs reading.
type checker struct {
	wrong []fault.Field
}

func (c *checker) add(path, format string, args ...any) {
	c.wrong = append(c.wrong, fault.Field{Path: path, Expected: fmt.Sprintf(format, args...)})
}

func (c *checker) err() error {
	if len(c.wrong) == 0 {
		return nil
	}
	return fault.InvalidFields(c.wrong...)
}

// time reads a time; nil is the time of receipt.
func (c *checker) time(path string, at *time.Time, received time.Time) time.Time {
	if at == nil {
		return received
	}
	utc := instant.Of(*at)
	if !limits.IsPlausible(utc, received) {
		c.add(path, "a time from the year 2000 on and at most one day ahead, such as 2026-01-31T12:17:00Z")
	}
	return utc
}

// tags trims labels and leaves out repeated ones.
func (c *checker) tags(path string, labels []string) []string {
	var out []string
	for i, label := range labels {
		label = strings.TrimSpace(label)
		switch {
		case label == "":
			c.add(at(path, i), "a label that is not blank")
		case !slices.Contains(out, label):
			out = append(out, label)
		}
	}
	return out
}

// names checks a map of ids by name: visitor ids, click ids.
func (c *checker) names(path string, ids map[string]string, most int) map[string]string {
	if len(ids) > most {
		c.add(path, "at most %d entries", most)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		switch value := ids[name]; {
		case !mapNamePattern.MatchString(name):
			c.add(path, "names of 1 to 40 lower-case letters, digits and underscores")
		case value == "":
			c.add(path+"."+name, "an id that is not empty; leave it out when it is not known")
		case limits.Exceeds(value, limits.ID):
			c.add(path+"."+name, "at most %d characters", limits.ID)
		}
	}
	return ids
}

// at names an item of a list: "tags[2]".
func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// trafficBody is where a visit came from, as the API speaks of it.
type trafficBody struct {
	Source      string            `json:"source,omitempty" maxLength:"2048" doc:"utm_source or the like." example:"google"`
	Medium      string            `json:"medium,omitempty" maxLength:"2048" doc:"utm_medium or the like." example:"cpc"`
	Campaign    string            `json:"campaign,omitempty" maxLength:"2048" example:"spring"`
	Content     string            `json:"content,omitempty" maxLength:"2048"`
	Term        string            `json:"term,omitempty" maxLength:"2048"`
	Referrer    string            `json:"referrer,omitempty" maxLength:"2048" doc:"Address of the page that led to the site."`
	LandingPage string            `json:"landing_page,omitempty" maxLength:"2048" doc:"Address of the visit's first page." example:"https://www.example.com/?utm_source=google"`
	PageURL     string            `json:"page_url,omitempty" maxLength:"2048" doc:"Address of the page of the conversion."`
	City        string            `json:"city,omitempty" maxLength:"2048"`
	Region      string            `json:"region,omitempty" maxLength:"2048"`
	Country     string            `json:"country,omitempty" maxLength:"2048"`
	Device      string            `json:"device,omitempty" maxLength:"2048" doc:"desktop, mobile, tablet."`
	Channel     string            `json:"channel,omitempty" maxLength:"64" doc:"The kind of advertising or link, such as paid_search or email. Left out: by the other fields." example:"paid_search"`
	ClickIDs    map[string]string `json:"click_ids,omitempty" doc:"The ad platforms' click ids by parameter name." example:"{\"gclid\": \"test-click\"}"`
}

// traffic checks what the schema cannot and gives it in the rules' words.
func (c *checker) traffic(path string, t *trafficBody) *conversion.Traffic {
	if t == nil {
		return nil
	}
	c.names(path+".click_ids", t.ClickIDs, limits.ClickIDs)
	out := conversion.Traffic(*t)
	return &out
}
