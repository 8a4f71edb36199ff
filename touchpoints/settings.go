package touchpoints

import (
	"cmp"
	"time"

	"ringback/touchpoints/channels"
)

// DefaultWindow is how long after a session a call is still merged with it.
const DefaultWindow = 30 * time.Minute

// Basis is the time of a session from which the window is counted.
type Basis string

// The bases. Marketo Measure's pages contradict each other on it
// (docs/facts/marketo-measure.md#which-session-a-call-belongs-to).
const (
	FromLastActivity Basis = "last_activity" // the default
	FromStart        Basis = "start"
)

// MediumOf is where a touchpoint has its medium from if it is that of a merged call.
type MediumOf string

// The choices. The channel is decided by the medium of the session in either case.
const (
	MediumOfTask    MediumOf = "task"    // the type of the Task (M7); the default
	MediumOfSession MediumOf = "session" // as Marketo Measure's screenshots have it
)

// LaterCalls is what becomes of a call that is merged with a session that had an
// earlier form or call: a session has one touchpoint.
type LaterCalls string

// The choices.
const (
	LaterCallsAbsorbed LaterCalls = "absorbed" // the call has no touchpoint; the default
	LaterCallsSeparate LaterCalls = "separate" // it has its own, as a call without a session has
)

// Settings are a site's choices. The zero value has the defaults, but no channel rules.
type Settings struct {
	Window     time.Duration // zero means DefaultWindow
	Basis      Basis         // empty means FromLastActivity
	Skew       time.Duration // how long before its session a call may begin, for clocks that differ
	MediumOf   MediumOf      // empty means MediumOfTask
	LaterCalls LaterCalls    // empty means LaterCallsAbsorbed
	Channels   channels.Sheet
}

// Default returns the settings that a site has at first.
func Default() Settings { return Settings{Channels: channels.Default()} }

func (s Settings) window() time.Duration { return cmp.Or(s.Window, DefaultWindow) }

func (s Settings) basis() Basis { return cmp.Or(s.Basis, FromLastActivity) }
