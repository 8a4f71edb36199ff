package explanation

import (
	"time"

	"ringback/conversion"
	"ringback/internal/locale"
)

// CheckText is a check as its reader sees it.
type CheckText struct {
	Name   string
	Wanted string
	Seen   string
	Notes  []string
}

// Check writes a check of a conversion of this kind.
func (w Writer) Check(kind conversion.Kind, c conversion.Check) CheckText {
	return CheckText{
		Name: w.name("check", c.Code), Wanted: w.wanted(kind, c), Seen: w.seen(kind, c), Notes: w.Notes(c.Notes),
	}
}

// wanted writes what a check asks for.
func (w Writer) wanted(kind conversion.Kind, c conversion.Check) string {
	if c.Wanted.Text != "" {
		return c.Wanted.Text
	}
	switch c.Code {
	case conversion.CheckKind:
		return w.text(ofKind("wanted.kind", kind), nil)
	case conversion.CheckMetric:
		return w.join(w.names("metric", c.Wanted.Metrics), "alternatives")
	case conversion.CheckTags:
		return w.tagFilter(c.Wanted.Tags)
	case conversion.CheckTraffic:
		if c.Wanted.Traffic == nil {
			return w.text("wanted.any_traffic", nil)
		}
		return w.condition(*c.Wanted.Traffic)
	case conversion.CheckVisitorID:
		return w.visitorID(c.Wanted.VisitorID)
	case conversion.CheckDestination:
		return w.text("wanted.destination", locale.Values{"Type": c.Wanted.DestinationType})
	default:
		return w.name("wanted", c.Code)
	}
}

func (w Writer) names(group string, metrics []conversion.Metric) []string {
	names := make([]string, 0, len(metrics))
	for _, m := range metrics {
		names = append(names, w.name(group, m))
	}
	return names
}

func (w Writer) visitorID(id *conversion.WantedVisitorID) string {
	if id == nil {
		id = &conversion.WantedVisitorID{}
	}
	if len(id.Cookies) == 0 {
		return w.text("wanted.visitor_id_without_cookie", locale.Values{"Name": id.Name})
	}
	return w.text("wanted.visitor_id", locale.Values{"Name": id.Name, "Cookies": w.join(id.Cookies, "cookies")})
}

func (w Writer) tagFilter(filter *conversion.TagFilter) string {
	if filter == nil {
		return w.text("wanted.any_tags", nil)
	}
	var parts []string
	for _, part := range []struct {
		id     string
		labels []string
	}{{"tag_filter.any_of", filter.Any}, {"tag_filter.all_of", filter.All}, {"tag_filter.none_of", filter.None}} {
		if len(part.labels) > 0 {
			parts = append(parts, w.text(part.id, locale.Values{"Labels": w.join(part.labels, "list")}))
		}
	}
	return w.join(parts, "parts")
}

// seen writes what a check found.
func (w Writer) seen(kind conversion.Kind, c conversion.Check) string {
	s := c.Seen
	switch s.Code {
	case conversion.SeenText:
		return s.Text
	case conversion.SeenRules, conversion.SeenNoRules:
		return w.text(ofKind("seen."+string(s.Code), kind), nil)
	case conversion.SeenMetrics:
		return w.results(kind, s.Metrics)
	case conversion.SeenTagsAtEnd, conversion.SeenTagsAtArrival, conversion.SeenTagsSoFar:
		if len(s.Tags) == 0 {
			return w.text("seen.no_"+string(s.Code), nil)
		}
		return w.text("seen."+string(s.Code), locale.Values{"Labels": w.join(s.Tags, "list")})
	case conversion.SeenTraffic:
		return w.fields(s.Fields)
	case conversion.SeenVisitorIDTooLong:
		return w.plural("seen.visitor_id_too_long", int64(s.MaxBytes), nil)
	case conversion.SeenSettingsWrong:
		return w.problems(s.Problems)
	default:
		return w.name("seen", s.Code)
	}
}

func (w Writer) fields(fields []conversion.FieldSeen) string {
	parts := make([]string, 0, len(fields))
	for _, f := range fields {
		parts = append(parts, w.text("seen.traffic", locale.Values{"Field": w.name("field", f.Field), "Values": w.fieldValues(f)}))
	}
	return w.join(parts, "parts")
}

func (w Writer) fieldValues(f conversion.FieldSeen) string {
	switch {
	case f.NoSuch:
		return w.text("seen.no_such_field", nil)
	case len(f.Values) == 0:
		return w.text("seen.nothing", nil)
	default:
		return w.join(f.Values, "list")
	}
}

func (w Writer) problems(problems []conversion.FieldProblem) string {
	parts := make([]string, 0, len(problems))
	for _, p := range problems {
		parts = append(parts, w.text("seen.setting", locale.Values{"Path": p.Path, "Expected": w.Expected(p.Expected)}))
	}
	return w.join(parts, "parts")
}

// Condition writes a condition on traffic, empty if it is nil.
func (w Writer) Condition(c *conversion.Condition) string {
	if c == nil {
		return ""
	}
	return w.condition(*c)
}

func (w Writer) condition(c conversion.Condition) string {
	if len(c.Conditions) == 0 {
		return w.known("operator."+string(c.Operator), string(c.Operator), locale.Values{
			"Field": w.name("field", c.Field), "Values": w.join(c.Values, "list"),
		})
	}
	if len(c.Conditions) == 1 {
		return w.condition(c.Conditions[0])
	}
	parts := make([]string, 0, len(c.Conditions))
	for _, part := range c.Conditions {
		parts = append(parts, "("+w.condition(part)+")")
	}
	if c.Match == conversion.MatchAny {
		return w.join(parts, "any")
	}
	return w.join(parts, "all")
}

// Notes writes the notes of a check.
func (w Writer) Notes(notes []conversion.Note) []string {
	texts := make([]string, 0, len(notes))
	for _, n := range notes {
		texts = append(texts, w.Note(n))
	}
	return texts
}

// Note writes one note.
func (w Writer) Note(n conversion.Note) string {
	switch n.Code {
	case conversion.NoteText:
		return n.Text
	case conversion.NoteLateTag, conversion.NoteLateReport:
		late := time.Duration(n.Seconds) * time.Second
		return w.text("note."+string(n.Code), locale.Values{"Label": n.Label, "Span": w.language.Span(late)})
	case conversion.NoteVisit, conversion.NoteDirectVisit:
		return w.withEvidence(w.text("note."+string(n.Code), locale.Values{"At": w.time(n.At), "Model": w.name("model", n.Model)}), n.Evidence)
	case conversion.NotePersonsID:
		return w.withEvidence(w.name("note", n.Code), n.Evidence)
	case conversion.NoteTestVisitorID:
		return w.text("note.test_visitor_id", locale.Values{"VisitorID": n.VisitorID})
	default:
		return w.name("note", n.Code)
	}
}

// Evidence writes what links a visit or a visitor id to a conversion. It is empty for
// what an earlier version stored.
func (w Writer) Evidence(e conversion.Evidence) string {
	if e == "" {
		return ""
	}
	return w.name("evidence", e)
}

// withEvidence adds what links a visit or a visitor id to the conversion, unless it is
// the conversion's own.
func (w Writer) withEvidence(text string, e conversion.Evidence) string {
	if e == "" || e == conversion.EvidenceOwn {
		return text
	}
	return w.text("note.evidence", locale.Values{"Note": text, "Evidence": w.Evidence(e)})
}

// time writes a time, empty if it is nil.
func (w Writer) time(t *time.Time) string {
	if t == nil {
		return ""
	}
	return w.language.Time(*t)
}
