package visits

import (
	"time"

	"ringback/conversion"
)

// Kind says how a page came to be looked at, as the script on it observed.
type Kind string

// The kinds of activity. Only page navigation and form submission are activity
// (facts on Marketo Measure, section 1.4); all of these are one or the other.
const (
	Navigate Kind = "navigate" // the page was opened: by a link, an ad, the address bar
	Reload   Kind = "reload"   // it was loaded again: its referrer and its parameters are those of before
	Back     Kind = "back"     // it came back from the browser's history, or to a tab left for longer than a session
	InPage   Kind = "in_page"  // a single-page application changed the address
	Form     Kind = "form"     // a form was sent
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{Navigate, Reload, Back, InPage, Form} }

// Hit is one activity of a visitor.
type Hit struct {
	At       time.Time
	Kind     Kind
	URL      string // of the page
	Referrer string // of the page, as the browser tells it
}

// Session is what is known of a visitor's session when the next hit comes.
type Session struct {
	ID             string
	StartedAt      time.Time
	LastActivityAt time.Time
	Traffic        conversion.Traffic // with the channel, carried over or its own
}

// Rules are the site's settings that tell sessions apart.
type Rules struct {
	// Inactivity ends a session; a hit exactly that long after the last one still
	// belongs to it (facts: unknown, inclusive chosen). Default 30 minutes.
	Inactivity time.Duration
	// CarryOver returns a direct session, begun within CarryOverTime of the last
	// activity of the one before, that one's channel and nothing else of it. With it a round
	// trip to a sign-in provider does not split a session.
	CarryOver bool
	// Domains are the site's host names; each stands for all below it.
	Domains []string
	// IgnoredReferrers are hosts that bring nobody: sign-in and payment pages that
	// visitors come back from. Each stands for all below it.
	IgnoredReferrers []string
}

// CarryOverTime is how long a channel is carried over to direct sessions (facts
// on Marketo Measure, section 1.4).
const CarryOverTime = 7 * 24 * time.Hour

// Step says what a hit does: it continues the session before it, or begins one.
type Step struct {
	New     bool
	Why     string             // for people, as "the referrer is another site"
	Traffic conversion.Traffic // New: where the visit came from, with the landing page
	Carried bool               // New: the channel is that of the session before
}

// Hold is one assignment of a number to a session. The hold covers From and
// everything up to, but not including, Until.
type Hold struct {
	AssignmentID string
	SessionID    string // empty: nobody's, its visitor was forgotten
	VisitorID    string
	From, Until  time.Time
	// Callers says that its visitor is known to be who calls.
	Callers bool
}
