package touchpoints

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// Outcome is what became of a call.
type Outcome string

// The outcomes. With Merged the call belongs to a session (M4). With TooLate,
// TooEarly, NoSession and NoTimeOfDay it has a touchpoint of its own (M5). With
// the others it has none (M6).
const (
	Merged            Outcome = "merged"
	TooLate           Outcome = "too_late"            // it began after the window of the session before it
	TooEarly          Outcome = "too_early"           // it began before the first session of its BizibleId
	NoSession         Outcome = "no_session"          // no session has its BizibleId
	NoTimeOfDay       Outcome = "no_time_of_day"      // only its day is known
	NoBizibleID       Outcome = "no_bizible_id"       // the source reported none
	UnusableBizibleID Outcome = "unusable_bizible_id" // the source reported one that stands for nobody
	NoTime            Outcome = "no_time"             // it is not known when it began
	Deleted           Outcome = "deleted"             // its Task was deleted
)

// Outcomes returns all outcomes.
func Outcomes() []Outcome {
	return []Outcome{Merged, TooLate, TooEarly, NoSession, NoTimeOfDay, NoBizibleID, UnusableBizibleID, NoTime, Deleted}
}

// HasTouchpoint reports whether a call with this outcome has a touchpoint, of its
// own or with a session.
func (o Outcome) HasTouchpoint() bool {
	return slices.Contains([]Outcome{Merged, TooLate, TooEarly, NoSession, NoTimeOfDay}, o)
}

// Merging is what became of a call, with the times that decided it.
type Merging struct {
	TaskID  string  `json:"task_id"`
	Outcome Outcome `json:"outcome"`
	// SessionID is the session with which the call is merged, or with TooLate and
	// TooEarly the nearest one. The fields after it are set together with it.
	SessionID string     `json:"session_id,omitempty"`
	CallAt    *time.Time `json:"call_at,omitempty"`
	Basis     Basis      `json:"basis,omitempty"`    // what BasisAt is of the session
	BasisAt   *time.Time `json:"basis_at,omitempty"` // with TooEarly the session's start
	// ApartSeconds is the time between BasisAt and the call, and zero if the session
	// was still active after the call began.
	ApartSeconds  int64 `json:"apart_seconds"`
	WindowSeconds int64 `json:"window_seconds,omitempty"` // how far apart they may be
	MissedSeconds int64 `json:"missed_seconds,omitempty"` // how much further apart they are, rounded up
	// Later is true if the session has an earlier form or call, which its touchpoint
	// is for.
	Later bool `json:"later,omitempty"`
}

// Merge returns which of the sessions a call belongs to (M4): the last one of its
// BizibleId that had begun, if the call began within the window after it. A call
// exactly at the end of the window still belongs to it. The sessions of other BizibleIds do
// not matter.
func (s Settings) Merge(call Task, sessions Browsers) Merging {
	m := Merging{TaskID: call.ID}
	browser := Browser(call.BizibleID)
	switch {
	case call.Deleted:
		m.Outcome = Deleted
	case call.BizibleID == "":
		m.Outcome = NoBizibleID
	case browser == "":
		m.Outcome = UnusableBizibleID
	case call.At.IsZero():
		m.Outcome = NoTime
	case call.DateOnly:
		m.Outcome = NoTimeOfDay
	default:
		return s.place(m, call.At, sessions[browser])
	}
	return m
}

// Browsers are sessions in order, by the browsers that they belong to. Many calls are merged
// with the same sessions.
type Browsers map[string][]Session

// ByBrowser returns sessions, in whatever order they are, by their browsers.
func ByBrowser(sessions []Session) Browsers {
	browsers := Browsers{}
	for _, x := range sessions {
		browser := Browser(x.BizibleID)
		browsers[browser] = append(browsers[browser], x)
	}
	for _, own := range browsers {
		slices.SortFunc(own, compareSessions)
	}
	return browsers
}

// place adds the session to which a call at this time belongs.
func (s Settings) place(m Merging, at time.Time, sessions []Session) Merging {
	begun := sort.Search(len(sessions), func(i int) bool { return sessions[i].StartedAt.After(at.Add(s.Skew)) })
	switch {
	case len(sessions) == 0:
		m.Outcome = NoSession
		return m
	case begun == 0:
		return s.tooEarly(m, at, sessions[0])
	}
	nearest := sessions[begun-1]
	from := s.basisOf(nearest)
	m.Outcome, m.SessionID, m.Basis, m.BasisAt, m.CallAt = Merged, nearest.ID, s.basis(), &from, &at
	m.ApartSeconds, m.WindowSeconds = max(roundUp(at.Sub(from)), 0), int64(s.window()/time.Second)
	if missed := at.Sub(from) - s.window(); missed > 0 {
		m.Outcome, m.MissedSeconds = TooLate, roundUp(missed)
	}
	return m
}

func (s Settings) tooEarly(m Merging, at time.Time, first Session) Merging {
	m.Outcome, m.SessionID, m.Basis, m.CallAt = TooEarly, first.ID, FromStart, &at
	m.BasisAt, m.ApartSeconds, m.WindowSeconds = &first.StartedAt, roundUp(first.StartedAt.Sub(at)), int64(s.Skew/time.Second)
	m.MissedSeconds = roundUp(first.StartedAt.Sub(at) - s.Skew)
	return m
}

// basisOf returns the time of a session from which the window is counted.
func (s Settings) basisOf(x Session) time.Time {
	if s.basis() == FromStart || x.LastActivityAt.Before(x.StartedAt) {
		return x.StartedAt
	}
	return x.LastActivityAt
}

// roundUp returns a duration in seconds, rounded up.
func roundUp(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

// compareCandidates orders what may make a session creditable: by time, a form
// before a call, then by id.
func compareCandidates(a, b candidate) int {
	return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.taskID(), b.taskID()), cmp.Compare(a.form.ID, b.form.ID))
}
