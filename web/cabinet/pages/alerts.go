package pages

import (
	"net/url"
	"slices"
	"time"

	"ringback/alerts"
	"ringback/internal/ids"
)

// Alert is something that needs a person, or that did.
type Alert struct {
	ID, Site, Subject, Name, Explanation string
	Kind                                 alerts.Kind
	SiteID                               string `json:"site_id"`
	Since                                time.Time
	BeganAt                              time.Time  `json:"began_at"`
	EndedAt                              *time.Time `json:"ended_at"`
	MutedUntil                           *time.Time `json:"muted_until"` // in SortAlerts' result nil if that has passed
}

// Alerts is the content of the page of alerts. Each list has the newest first, and no alert
// of another list.
type Alerts struct {
	Open, Ended []Alert
	Muted       []Alert        // those about which nothing is sent now, open or not
	Settings    *AlertSettings // nil if the reader may not change them
}

// AlertSettings are where the alerts of the account are sent.
type AlertSettings struct {
	Emails      []string
	SendsEmails bool   `json:"sends_emails"` // the operator has set a server for e-mails
	WebhookURL  string `json:"webhook_url"`  // empty if there is none
	HasSecret   bool   `json:"webhook_secret_set"`
	Language    string
	MutedKinds  []alerts.Kind `json:"muted_kinds"`
	Kinds       []alerts.Kind `json:"-"` // to choose from
}

// maxEnded is how many alerts that have ended the page shows.
const maxEnded = 50

// SortAlerts returns the open alerts and those of the latest that have ended as the page
// shows them at a time.
func SortAlerts(open, latest []Alert, now time.Time) Alerts {
	ended := slices.DeleteFunc(slices.Clone(latest), func(a Alert) bool { return a.EndedAt == nil })
	all := append(slices.Clone(open), ended...)
	slices.SortStableFunc(all, func(a, b Alert) int { return b.BeganAt.Compare(a.BeganAt) })
	var d Alerts
	for _, a := range all {
		if a.MutedUntil != nil && !a.MutedUntil.After(now) {
			a.MutedUntil = nil
		}
		switch {
		case a.MutedUntil != nil:
			d.Muted = append(d.Muted, a)
		case a.EndedAt == nil:
			d.Open = append(d.Open, a)
		case len(d.Ended) < maxEnded:
			d.Ended = append(d.Ended, a)
		}
	}
	return d
}

// ofSources are the kinds of alerts about sources.
var ofSources = []alerts.Kind{alerts.SourceSilent, alerts.SourceClockFast, alerts.SourceClockSlow, alerts.CredentialsUnreadable}

// page returns the address of what the alert is about, empty if no page shows it.
func (a Alert) page() string {
	of := Shell{Site: Site{ID: a.SiteID}}
	switch {
	case a.SiteID == "":
		return ""
	case a.Kind == alerts.DeliveriesFailed:
		return of.with("deliveries", url.Values{"state": {"failed"}}, "integration_id", a.Subject)
	case ids.Is(a.Subject, ids.Integration):
		return of.Of("integrations") + "/" + a.Subject
	case a.Kind == alerts.PoolExhausted:
		return of.Of("numbers")
	case slices.Contains(ofSources, a.Kind):
		return of.Of("sources")
	default:
		return ""
	}
}

// reaches reports whether messages are sent to anybody.
func (d AlertSettings) reaches() bool { return len(d.Emails) > 0 || d.WebhookURL != "" }

// secretHint returns what the field of the secret shows while it is empty.
func (d AlertSettings) secretHint(s Shell) string {
	if d.HasSecret {
		return s.T("is_set")
	}
	return "whsec_"
}

// alertsEmpty returns what to do while nothing is open, as a code.
func (d Alerts) alertsEmpty() string {
	switch {
	case d.Settings == nil:
		return "reader"
	case d.Settings.reaches():
		return "sent"
	default:
		return "unsent"
	}
}
