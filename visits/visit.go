package visits

import (
	"time"

	"ringback/conversion"
)

// Kind is the way in which a page was opened, as the script on it observed.
type Kind string

// The kinds of activity. Only page navigation and form submission are activity
// (docs/facts/visits.md); each kind is one or the other.
const (
	Navigate Kind = "navigate" // the page was opened from a link, an ad or the address bar
	Reload   Kind = "reload"   // the page was loaded again; its referrer and its parameters are those of before
	Back     Kind = "back"     // the visitor returned by the browser's history, or to a tab after longer than a session
	InPage   Kind = "in_page"  // a single-page application changed the address
	Form     Kind = "form"     // a form was sent
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{Navigate, Reload, Back, InPage, Form} }

// Hit is one activity of a visitor.
type Hit struct {
	At       time.Time
	Kind     Kind
	URL      string // of the page
	Referrer string // of the page, as the browser sends it
}

// Session is what is known of a visitor's session when the next hit comes.
type Session struct {
	ID             string
	StartedAt      time.Time
	LastActivityAt time.Time
	Traffic        conversion.Traffic // with the channel, carried over or its own
}

// Rules are the site's settings for sessions.
type Rules struct {
	// Inactivity ends a session. A hit exactly that long after the last one still
	// belongs to it. The default is 30 minutes.
	Inactivity time.Duration
	// CarryOver means that a direct session that begins within CarryOverTime after the last activity
	// keeps the channel of the session before, and nothing else of it. Returning
	// from a sign-in provider then does not split a session.
	CarryOver bool
	// Domains are the site's host names; each includes all names below it.
	Domains []string
	// Origins are the site's further origins, such as https://shop.example.net.
	Origins []string
	// IgnoredReferrers are hosts that visitors only return from, such as pages for
	// signing in or paying. Each includes all names below it.
	IgnoredReferrers []string
}

// CarryOverTime is how long a channel is carried over to direct sessions
// (docs/facts/visits.md).
const CarryOverTime = 7 * 24 * time.Hour

// Step is the effect of a hit: it continues the session before it, or begins one.
type Step struct {
	New     bool
	Why     StartReason        // of a new session
	Traffic conversion.Traffic // of a new session: where the visit came from, with the landing page
	Carried bool               // of a new session: its channel is that of the session before
}

// Hold is one assignment of a number to a session. The hold covers From and
// everything up to, but not including, Until.
type Hold struct {
	AssignmentID string
	SessionID    string // empty if its visitor was forgotten
	VisitorID    string
	From, Until  time.Time
	// Callers is true if its visitor is known to be the caller.
	Callers bool
}
