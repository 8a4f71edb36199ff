package pages

import (
	"strconv"
	"time"

	"ringback/web/internal/conversionview"
)

// CallColumns returns the columns of a file with calls and leads, as codes.
func CallColumns() []string {
	return []string{
		"id", "external_id", "kind", "at", "name", "phone", "email", "called", "outcome", "talk_seconds", "unique", "target",
		"channel", "source", "medium", "campaign", "term", "landing_page", "form", "state",
	}
}

// CallLine returns a call or lead as a line of a file.
func (s Shell) CallLine(c conversionview.ConversionView) []string {
	line := []string{
		c.ID, c.ExternalID, s.Code("kind", c.Kind), s.zoned(c.At), c.Name, c.Phone, c.Email, c.TrackingNumber,
	}
	if c.Outcome != "" {
		line = append(line, s.Code("outcome", c.Outcome))
	} else {
		line = append(line, "")
	}
	line = append(line, wholeOr(c.TalkSeconds), s.yesNoOr(c.Unique), s.yesNoOr(c.Target))
	if t := c.Traffic; t != nil {
		line = append(line, s.codeIfSet("channel", t.Channel), t.Source, t.Medium, t.Campaign, t.Term, t.LandingPage)
	} else {
		line = append(line, "", "", "", "", "", "")
	}
	return append(line, c.Form, s.Code("state", c.State))
}

// DeliveryColumns returns the columns of a file with deliveries, as codes.
func DeliveryColumns() []string {
	return []string{"id", "conversion_id", "integration", "created", "state", "result", "attempts", "finished", "resend"}
}

// DeliveryLine returns a delivery as a line of a file. The integrations have the names.
func (s Shell) DeliveryLine(integrations []Site, d conversionview.DeliveryView) []string {
	finished := ""
	if d.FinishedAt != nil {
		finished = s.zoned(*d.FinishedAt)
	}
	return []string{
		d.ID, d.ConversionID, nameOf(integrations, d.IntegrationID), s.zoned(d.CreatedAt), s.Code("state", d.State), d.Explanation,
		strconv.Itoa(d.AttemptCount), finished, strconv.Itoa(d.ResendNumber),
	}
}

// zoned returns a time as ISO 8601 has it, in the site's time zone.
func (s Shell) zoned(t time.Time) string {
	if s.Zone != nil {
		t = t.In(s.Zone)
	}
	return t.Format(time.RFC3339)
}

func wholeOr(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func (s Shell) yesNoOr(b *bool) string {
	if b == nil {
		return ""
	}
	return s.YesNo(b)
}

func (s Shell) codeIfSet(group, code string) string {
	if code == "" {
		return ""
	}
	return s.Code(group, code)
}
