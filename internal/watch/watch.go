// Package watch looks for what needs a person, once for all processes, and writes the
// messages about it. It must not know how conditions are found, nor when an incident begins
// and ends.
package watch

import (
	"encoding/json"
	"strings"
	"time"

	"ringback/alerts"
	"ringback/explanation"
	"ringback/internal/locale"
	"ringback/models/alerting"
)

// Every is how often to look.
const Every = 2 * time.Minute

// Words writes messages about incidents.
type Words struct {
	PublicURL string // of the service, for the link in e-mails
}

var _ alerting.Words = Words{}

// Mail implements alerting.Words: one paragraph for each incident.
func (words Words) Mail(language string, changed []alerting.Incident) (subject, text string) {
	w := explanation.In(locale.Choose(language))
	lines := make([]string, 0, len(changed)+1)
	for _, i := range changed {
		lines = append(lines, Sentence(w, i))
	}
	lines = append(lines, w.AlertsPage(words.PublicURL+"/alerts"))
	return w.AlertsSubject(len(changed)), strings.Join(lines, "\n\n") + "\n"
}

// Sentence writes what an incident is about, or that it has ended.
func Sentence(w explanation.Writer, i alerting.Incident) string {
	if i.EndedAt != nil {
		return w.AlertEnded(i.Condition(), *i.EndedAt)
	}
	return w.AlertBegan(i.Condition())
}

// Message is what the webhook of an account receives.
type Message struct {
	Type      string    `json:"type"`      // alert.began or alert.ended
	Timestamp time.Time `json:"timestamp"` // when it began or ended
	Data      Data      `json:"data"`
}

// Data is the incident of a message.
type Data struct {
	ID          string      `json:"id"` // of the incident, the same at its end
	Kind        alerts.Kind `json:"kind"`
	SiteID      string      `json:"site_id,omitempty"`
	Site        string      `json:"site,omitempty"`
	Subject     string      `json:"subject"` // id of the integration or pool; name of the source or limit
	Name        string      `json:"name"`
	Since       time.Time   `json:"since"`
	EndedAt     *time.Time  `json:"ended_at,omitempty"`
	Explanation string      `json:"explanation"` // in the language of the account's alerts
}

// Body implements alerting.Words.
func (Words) Body(language string, i alerting.Incident) string {
	m := Message{Type: "alert.began", Timestamp: i.BeganAt, Data: Data{
		ID: i.ID, Kind: i.Kind, SiteID: i.SiteID, Site: i.Site, Subject: i.Subject, Name: i.Name, Since: i.Since, EndedAt: i.EndedAt,
		Explanation: Sentence(explanation.In(locale.Choose(language)), i),
	}}
	if i.EndedAt != nil {
		m.Type, m.Timestamp = "alert.ended", *i.EndedAt
	}
	encoded, _ := json.Marshal(m) // texts and times always marshal
	return string(encoded)
}
