package intake

import (
	"maps"
	"slices"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/internal/texts"
	"ringback/visits"
	"ringback/web/internal/validate"
	"ringback/web/internal/wire"
)

// reader reads the fields of a report. It leaves out what cannot be read, because some
// senders do not send a report again that was refused. A report is refused only if it
// means nothing without a field.
type reader struct {
	leftOut validate.Checker
	refused validate.Checker
}

// err returns the fault of a report that means nothing, with all fields that cannot be
// read.
func (r *reader) err() error {
	if r.refused.Err() != nil {
		r.refused.AddFields(r.leftOut.Fields()...)
	}
	return r.refused.Err()
}

// time returns when something happened, or the time of receipt if that is not known.
func (r *reader) time(path string, at *time.Time, received time.Time) time.Time {
	if at == nil {
		return received
	}
	stored := instant.Of(*at)
	if !limits.IsPlausible(stored, received) {
		r.leftOut.Add(path, fault.Expect("time_plausible"))
		return received
	}
	return stored
}

// ids returns visitor ids or click ids by the names of their systems. An empty id is no
// id.
func (r *reader) ids(path string, ids map[string]string, limit int) map[string]string {
	var kept map[string]string
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		switch value := ids[name]; {
		case value == "":
		case !validate.Name.MatchString(name):
			r.leftOut.Add(path, fault.Expect("system_names"))
		case limits.Exceeds(value, limits.ID):
			r.leftOut.Add(path+"."+name, fault.Expect("characters_at_most").Counting(limits.ID))
		case len(kept) == limit:
			r.leftOut.Add(path, fault.Expect("entries_at_most").Counting(limit))
		default:
			if kept == nil {
				kept = map[string]string{}
			}
			kept[name] = value
		}
	}
	return kept
}

// tags returns labels without spaces around them and line breaks in them, each once.
func (r *reader) tags(labels []string) []string {
	var kept []string
	for _, label := range labels {
		if label = texts.Line(label); label != "" && !slices.Contains(kept, label) {
			kept = append(kept, label)
		}
	}
	return kept
}

// traffic returns the traffic as the rules have it, with what the address of the landing
// page adds. It is nil if there is none.
func (r *reader) traffic(t *wire.TrafficBody) *conversion.Traffic {
	if t == nil {
		return nil
	}
	t.ClickIDs = r.ids("traffic.click_ids", t.ClickIDs, limits.ClickIDs)
	return new(visits.Reported(conversion.Traffic(*t)))
}
