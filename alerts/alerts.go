// Package alerts decides what is an incident: which conditions need a person, and when an
// incident about one begins and ends.
//
// It is pure. It must not know how conditions are found, nor who is told of them.
package alerts

import "time"

// Kind is the kind of a condition.
type Kind string

// The kinds.
const (
	BreakerOpen           Kind = "breaker_open"           // a destination has been failing for BreakerAfter
	SignInNeeded          Kind = "sign_in_needed"         // a destination refuses the connection's sign-in
	DeliveriesFailed      Kind = "deliveries_failed"      // deliveries ended as failed within Recent
	CredentialsUnreadable Kind = "credentials_unreadable" // no encryption key opens the credentials of an integration or source
	SourceSilent          Kind = "source_silent"          // no message has come from a source for longer than usual
	SourceClockFast       Kind = "source_clock_fast"      // a source reports times that are in the future
	SourceClockSlow       Kind = "source_clock_slow"      // a source reports everything long after its time
	PoolExhausted         Kind = "pool_exhausted"         // a visit got no number of a pool within Recent
	QuotaNear             Kind = "quota_near"             // NearShare of a limit of the account is used
)

// Kinds returns all kinds, the most urgent first.
func Kinds() []Kind {
	return []Kind{BreakerOpen, SignInNeeded, DeliveriesFailed, CredentialsUnreadable, SourceSilent, SourceClockFast, SourceClockSlow, PoolExhausted, QuotaNear}
}

// When a condition needs a person.
const (
	BreakerAfter = 30 * time.Minute
	Recent       = time.Hour // for what happens at a moment: the incident ends when it has not happened for so long
	NearShare    = 0.8       // of a limit
)

// Subject is what a condition is about. There is at most one open incident of a subject.
type Subject struct {
	AccountID string
	SiteID    string // empty if it belongs to no site
	Kind      Kind
	ID        string // of the integration or pool; the name of the source or limit
}

// Condition is something that needs a person.
type Condition struct {
	Subject
	Name  string // of the integration, pool, source or limit
	Site  string // name of the site, empty if there is none
	Since time.Time
	Count int // deliveries that failed, seconds that a clock is off, or how much of a limit is used; otherwise zero
	Limit int // of QuotaNear
}

// Compare returns for which conditions an incident begins, and which open incidents end,
// each in the order in which it was given. It never begins a subject that is open, or that
// is given twice, and never ends one that is still present.
func Compare(open []Subject, present []Condition) (begin []Condition, end []Subject) {
	isOpen, isPresent := map[Subject]bool{}, map[Subject]bool{}
	for _, s := range open {
		isOpen[s] = true
	}
	for _, c := range present {
		if !isOpen[c.Subject] && !isPresent[c.Subject] {
			begin = append(begin, c)
		}
		isPresent[c.Subject] = true
	}
	for _, s := range open {
		if !isPresent[s] {
			end = append(end, s)
			isPresent[s] = true
		}
	}
	return begin, end
}
