package conversion

import (
	"fmt"
	"time"
)

// unique: no earlier conversion of this person within the site's uniqueness
// days. Anonymous callers are never unique (design section 3).
func (f Facts) unique(s SiteRules) answer {
	if f.Person == "" {
		return f.nobody()
	}
	last := f.Earlier.LastAt
	switch {
	case within(last, f.At, s.UniquenessDays):
		return answer{known: true, seen: fmt.Sprintf("an earlier %s %s on %s, so not unique", f.Kind, f.who(), dateWords(last))}
	case before(last, f.At):
		return answer{met: true, known: true, seen: fmt.Sprintf("the last %s %s was on %s, over %s before, so unique",
			f.Kind, f.who(), dateWords(last), countWords(s.UniquenessDays, "day"))}
	default:
		return answer{met: true, known: true, seen: fmt.Sprintf("no earlier %s %s, so unique", f.Kind, f.who())}
	}
}

// uniqueTarget: the first target call of this person within the site's
// uniqueness days. Earlier calls that were no target calls do not matter.
func (f Facts) uniqueTarget(s SiteRules) answer {
	target := f.target(s)
	if !target.met {
		return target
	}
	if f.Person == "" {
		return answer{known: true, seen: f.nobody().seen}
	}
	if last := f.Earlier.LastTargetAt; within(last, f.At, s.UniquenessDays) {
		return answer{known: true, seen: fmt.Sprintf("%s, but an earlier target call %s on %s, so not its first",
			f.outcomeWords(), f.who(), dateWords(last))}
	}
	return answer{met: true, known: true, seen: target.seen + "; no earlier target call " + f.who()}
}

// nobody is the answer on uniqueness when nothing says who it was. Until a call
// is over a later event may still name the caller, a withheld number too.
func (f Facts) nobody() answer {
	over := f.Ended || f.Incomplete
	switch {
	case f.Kind == KindLead:
		return answer{known: true, seen: "the lead has no phone number and no e-mail address, so it cannot be unique"}
	case f.Anonymous:
		return answer{known: over, seen: "the caller withheld the number: anonymous callers are never unique"}
	default:
		return answer{known: over, seen: "the caller's number is not known, so the call cannot be unique"}
	}
}

// who says what ties earlier conversions to this one, without naming it.
func (f Facts) who() string {
	switch {
	case f.PersonBy == PersonByEmail:
		return "with this e-mail address"
	case f.Kind == KindLead:
		return "with this phone number"
	default:
		return "from this number"
	}
}

// before reports whether there was a last time, before this one. Of two at the same
// instant the one with the smaller id is the earlier: whoever looks up Earlier
// has ordered them, so the same instant counts as before.
func before(last, at time.Time) bool { return !last.IsZero() && !last.After(at) }

// within reports whether the last time lies within the days before this one; 0
// days is for ever. A day is 24 hours. Exactly that many days before is still
// within: only what is older is forgotten.
func within(last, at time.Time, days int) bool {
	return before(last, at) && (days <= 0 || !last.Before(daysBefore(at, days)))
}

// daysBefore returns the time this many days of 24 hours before.
func daysBefore(at time.Time, days int) time.Time { return at.UTC().AddDate(0, 0, -days) }
