package explanation

import (
	"strings"
	"time"

	"ringback/internal/locale"
	"ringback/touchpoints"
	"ringback/touchpoints/channels"
)

// Merging writes what became of a call: merged with a session (M4), with a
// touchpoint of its own (M5), or with none (M6), and by how much it missed the
// session.
func (w Writer) Merging(m touchpoints.Merging) string {
	id := "merging." + string(m.Outcome)
	switch {
	case m.Outcome == touchpoints.Merged && m.ApartSeconds == 0:
		id += "_during"
	case m.Outcome == touchpoints.Merged, m.Outcome == touchpoints.TooLate:
		id += "_" + string(m.Basis)
	}
	text := w.known(id, string(m.Outcome), locale.Values{
		"Apart": w.span(m.ApartSeconds), "Missed": w.span(m.MissedSeconds), "Window": w.span(m.WindowSeconds),
		"At": w.time(m.BasisAt),
	})
	if m.Later {
		text += " " + w.text("merging.later", nil)
	}
	return text
}

// CallOutcome writes the name of what became of a call.
func (w Writer) CallOutcome(o touchpoints.Outcome) string { return w.name("call_outcome", o) }

// span writes a length of time in seconds.
func (w Writer) span(seconds int64) string {
	return w.language.Span(time.Duration(seconds) * time.Second)
}

// Touchpoint writes why a touchpoint is what it is, one sentence for each reason.
func (w Writer) Touchpoint(t touchpoints.Touchpoint) []string {
	sentences := make([]string, 0, len(t.Reasons))
	for _, r := range t.Reasons {
		sentences = append(sentences, w.TouchpointReason(r))
	}
	return sentences
}

// TouchpointReason writes one reason why a touchpoint is what it is. A code of a
// later version is written as one.
func (w Writer) TouchpointReason(r touchpoints.Reason) string {
	values := locale.Values{"Value": r.Value, "Row": w.language.Number(int64(r.Row)), "At": w.time(r.At), "Cells": w.cells(r.Cells)}
	switch r.Code {
	case touchpoints.ReasonCall:
		if r.Merging == nil {
			return string(r.Code)
		}
		return w.Merging(*r.Merging)
	case touchpoints.ReasonAbsorbed, touchpoints.ReasonTypeCut, touchpoints.ReasonOtherPerson:
		return w.plural("touchpoint."+string(r.Code), int64(r.Count), values)
	case touchpoints.ReasonMediumOfTask:
		if r.Value == "" {
			return w.text("touchpoint.medium_task_none", nil)
		}
	}
	return w.known("touchpoint."+string(r.Code), string(r.Code), values)
}

// cells writes the conditions of a channel rule.
func (w Writer) cells(cells []channels.Hit) string {
	parts := make([]string, 0, len(cells))
	for _, c := range cells {
		parts = append(parts, w.text("touchpoint.cell", locale.Values{"Column": w.name("channel_column", c.Column), "Value": c.Value}))
	}
	return w.join(parts, "list")
}

// Position writes what a position means. A stage of the owner's has its own name.
func (w Writer) Position(p touchpoints.Position) string {
	if p.IsStage() {
		return string(p)
	}
	return w.name("position", strings.ToLower(string(p)))
}

// EmptyJourney writes why an opportunity or a person has no journey, empty if there
// is one.
func (w Writer) EmptyJourney(r touchpoints.EmptyReason) string {
	if r == "" {
		return ""
	}
	return w.name("journey", r)
}
