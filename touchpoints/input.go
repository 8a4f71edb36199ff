package touchpoints

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"ringback/conversion"
)

// Session is a web session.
type Session struct {
	ID        string
	BizibleID string // of its browser, empty if it had none
	// StartedAt and LastActivityAt are its first and last page view or form.
	StartedAt      time.Time
	LastActivityAt time.Time
	Traffic        conversion.Traffic
	CarriedOver    bool // its channel is that of the browser's session before (docs/facts/visits.md)
	Forms          []Form
}

// Form is a form or chat that was sent during a session.
type Form struct {
	ID     string
	At     time.Time
	Person string // who sent it, empty if not known
	Type   string // empty means TypeWebForm
	URL    string // of the page with the form
}

// Task is the Task of a call in the CRM, as it was last read.
type Task struct {
	ID        string
	BizibleID string    // as the source reported it, empty if it did not
	At        time.Time // the start of the call; zero if it is not known
	DateOnly  bool      // At is a day without a time of day
	Type      string    // of the Task; empty if nobody has filled it in
	Person    string    // whom the Task is about, empty if nobody
	Deleted   bool
}

var bizibleID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Browser returns a BizibleId in the form in which ids are compared, empty if it
// cannot identify a browser.
func Browser(id string) string {
	id = conversion.VisitorID(id)
	if plain := strings.ToLower(strings.ReplaceAll(id, "-", "")); bizibleID.MatchString(plain) {
		return plain
	}
	return id
}

// compareSessions orders sessions by time.
func compareSessions(a, b Session) int {
	return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
}
