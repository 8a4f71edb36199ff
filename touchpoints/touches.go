package touchpoints

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ringback/conversion"
	"ringback/internal/texts"
	"ringback/touchpoints/channels"
)

// candidate is a form or call that may make a session creditable.
type candidate struct {
	at      time.Time
	form    Form
	task    *Task // nil for a form
	merging Merging
}

func (c candidate) taskID() string {
	if c.task == nil {
		return ""
	}
	return c.task.ID
}

// Touches returns a person's touchpoints, in order: one for each session, and one
// for each call outside of sessions. The first form or call of a session makes it
// creditable. It also returns what became of each call, ordered by Task. The order
// of the input does not matter.
func (s Settings) Touches(p Person) ([]Touchpoint, []Merging) {
	var calls []Merging
	var all []Touchpoint
	merged, browsers := map[string][]candidate{}, ByBrowser(p.Sessions)
	for _, task := range p.Tasks {
		if !p.counts(task.Person) {
			continue
		}
		m := s.Merge(task, browsers)
		calls = append(calls, m)
		if m.Outcome == Merged {
			merged[m.SessionID] = append(merged[m.SessionID], candidate{at: task.At, task: &task, merging: m})
		} else if m.Outcome.HasTouchpoint() {
			all = append(all, s.ownCall(p, task, m))
		}
	}
	matches := s.matches(p.Sessions)
	for _, x := range p.Sessions {
		all = append(all, s.ofSession(p, x, matches[x.ID], merged[x.ID])...)
	}
	markLater(calls, all)
	slices.SortFunc(all, Compare)
	slices.SortFunc(calls, func(a, b Merging) int { return cmp.Compare(a.TaskID, b.TaskID) })
	return all, calls
}

// markLater marks the calls that are merged with a session whose touchpoint is for
// something earlier.
func markLater(calls []Merging, touches []Touchpoint) {
	first := map[string]string{}
	for _, t := range touches {
		if t.SessionID != "" {
			first[t.SessionID] = t.TaskID
		}
	}
	for i, m := range calls {
		calls[i].Later = m.Outcome == Merged && first[m.SessionID] != m.TaskID
	}
}

// matched is the channel of a session, and why.
type matched struct {
	channel channels.Match
	why     Reason
}

// matches returns the channels of the sessions by their ids. A session whose
// channel is carried over has that of its browser's session before.
func (s Settings) matches(sessions []Session) map[string]matched {
	ordered := slices.Clone(sessions)
	slices.SortFunc(ordered, compareSessions)
	last := map[string]channels.Match{}
	all := make(map[string]matched, len(sessions))
	for _, x := range ordered {
		m := s.Channels.Match(x.Traffic)
		why := channelReason(m)
		before, known := last[browserOrSession(x)]
		if x.CarriedOver && known {
			m = channels.Match{Channel: before.Channel, Subchannel: before.Subchannel}
			why = Reason{Code: ReasonCarriedOver, Value: m.Path()}
		}
		last[browserOrSession(x)], all[x.ID] = m, matched{m, why}
	}
	return all
}

// ofSession returns the touchpoint of a session, and those of its later calls if
// the settings keep each call.
func (s Settings) ofSession(p Person, x Session, channel matched, calls []candidate) []Touchpoint {
	t := Touchpoint{ID: "session/" + x.ID, Person: p.ID, Kind: Visit, At: x.StartedAt, SessionID: x.ID, Type: TypeWebVisit}
	traffic := x.Traffic.Normalized()
	t.Traffic, t.Medium, t.Source, t.Channel = &traffic, traffic.Medium, sourceOf(traffic), channel.channel
	candidates, others := slices.Clone(calls), 0
	for _, form := range x.Forms {
		if p.counts(form.Person) {
			candidates = append(candidates, candidate{at: form.At, form: form})
		} else {
			others++
		}
	}
	if len(candidates) == 0 {
		t.Reasons = []Reason{{Code: ReasonVisit}}
		t.Reasons = append(withCount(t.Reasons, ReasonOtherPerson, others), channel.why)
		return []Touchpoint{t}
	}
	slices.SortFunc(candidates, compareCandidates)
	t = s.creditedTo(t, candidates[0])
	separate := s.separate(p, candidates[1:])
	t.Reasons = withCount(t.Reasons, ReasonAbsorbed, len(candidates)-1-len(separate))
	t.Reasons = append(withCount(t.Reasons, ReasonOtherPerson, others), channel.why)
	return append(separate, t)
}

func withCount(reasons []Reason, code ReasonCode, count int) []Reason {
	if count == 0 {
		return reasons
	}
	return append(reasons, Reason{Code: code, Count: count})
}

// creditedTo returns the touchpoint of a session with its first form or call.
func (s Settings) creditedTo(t Touchpoint, first candidate) Touchpoint {
	if first.task == nil {
		t.Kind, t.FormID, t.FormURL = FormFill, first.form.ID, first.form.URL
		t.Type = cmp.Or(first.form.Type, TypeWebForm)
		t.Reasons = []Reason{{Code: ReasonForm, At: &first.at}}
		return t
	}
	t.Kind, t.TaskID = Call, first.task.ID
	t.Reasons = []Reason{{Code: ReasonCall, Merging: &first.merging}}
	session := t.Medium
	t = t.typed(*first.task)
	if s.MediumOf == MediumOfSession || t.Type == TypeWebVisit {
		t.Medium = session
	} else if t.Medium != session {
		t.Reasons = append(t.Reasons, Reason{Code: ReasonMediumOfTask, Value: session})
	}
	return t
}

// typed returns a touchpoint with the type and medium of a Task (M7). A type that
// is blank, that of a web visit, is read again once it is filled in, because
// touchpoints are always made anew.
func (t Touchpoint) typed(task Task) Touchpoint {
	full := texts.Clean(task.Type)
	if full == "" {
		t.Type, t.Medium = TypeWebVisit, TypeWebVisit
		t.Reasons = append(t.Reasons, Reason{Code: ReasonTypeBlank})
	} else {
		t.Type, t.Medium = cut(full, maxType), cut(full, maxMedium)
		t.Reasons = append(t.Reasons, Reason{Code: ReasonTypeOfTask, Value: t.Type})
	}
	if length := utf8.RuneCountInString(full); length > maxType {
		t.Reasons = append(t.Reasons, Reason{Code: ReasonTypeCut, Count: length})
	}
	if task.Person == "" {
		t.Reasons = append(t.Reasons, Reason{Code: ReasonNoPerson})
	}
	return t
}

func cut(s string, limit int) string { return strings.TrimSpace(texts.First(s, limit)) }

// separate returns touchpoints for the calls among these if the settings keep each.
func (s Settings) separate(p Person, later []candidate) []Touchpoint {
	if s.LaterCalls != LaterCallsSeparate {
		return nil
	}
	var all []Touchpoint
	for _, c := range later {
		if c.task != nil {
			all = append(all, s.ownCall(p, *c.task, c.merging))
		}
	}
	return all
}

// ownCall returns the touchpoint of a call outside of sessions: it has no web
// data, and its channel is decided by the Task's type and the source (M5).
func (s Settings) ownCall(p Person, task Task, m Merging) Touchpoint {
	t := Touchpoint{ID: "task/" + task.ID, Person: p.ID, Kind: OwnCall, At: task.At, TaskID: task.ID, Source: SourceTask}
	code := ReasonCall
	if m.Outcome == Merged {
		code = ReasonLaterCall
	}
	t.Reasons = []Reason{{Code: code, Merging: &m}}
	t = t.typed(task)
	t.Channel = s.Channels.Match(conversion.Traffic{Medium: t.Medium, Source: t.Source})
	t.Reasons = append(t.Reasons, channelReason(t.Channel))
	return t
}
