package explanation

import (
	"time"

	"ringback/alerts"
	"ringback/internal/locale"
)

// AlertBegan writes what needs a person, and what can be done.
func (w Writer) AlertBegan(c alerts.Condition) string { return w.alert("alert_began.", c, time.Time{}) }

// AlertEnded writes that what needed a person is over.
func (w Writer) AlertEnded(c alerts.Condition, at time.Time) string {
	return w.alert("alert_ended.", c, at)
}

func (w Writer) alert(group string, c alerts.Condition, ended time.Time) string {
	name := c.Name
	if c.Site != "" {
		name = w.text("alert.at_site", locale.Values{"Name": c.Name, "Site": c.Site})
	}
	return w.known(group+string(c.Kind), string(c.Kind), locale.Values{
		"Name": name, "Since": w.language.Time(c.Since.UTC()), "Ended": w.language.Time(ended.UTC()),
		"Count": w.language.Number(int64(c.Count)), "Limit": w.language.Number(int64(c.Limit)),
	})
}

// AlertsSubject writes the subject of a message about so many alerts.
func (w Writer) AlertsSubject(count int) string { return w.plural("alert.subject", int64(count), nil) }

// AlertsPage writes where alerts are listed and muted.
func (w Writer) AlertsPage(address string) string {
	return w.text("alert.page", locale.Values{"Address": address})
}
