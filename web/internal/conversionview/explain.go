package conversionview

import (
	"ringback/conversion"
	"ringback/explanation"
	"ringback/models"
	"ringback/visits"
	"ringback/web/internal/wire"
)

// DecisionCheckView is a check as data and as text.
type DecisionCheckView struct {
	Code        conversion.CheckCode `json:"code" example:"metric"`
	Passed      bool                 `json:"passed"`
	Wanted      conversion.Wanted    `json:"wanted" doc:"What was asked for, as values. Empty if everything is accepted."`
	Seen        conversion.Seen      `json:"seen" doc:"What was found, as a code and values."`
	Notes       []conversion.Note    `json:"notes,omitempty" doc:"What else is worth knowing."`
	Reason      conversion.Reason    `json:"reason,omitempty" doc:"Why the check failed. Missing if it passed." example:"metric_not_met"`
	Explanation checkExplanation     `json:"explanation" doc:"The same, for people."`
}

// checkExplanation is a check as text.
type checkExplanation struct {
	Name   string   `json:"name" example:"metric"`
	Wanted string   `json:"wanted" example:"target"`
	Seen   string   `json:"seen" example:"answered, talked 12 s; a target call talks at least 30 s"`
	Notes  []string `json:"notes,omitempty"`
}

// ViewChecks returns the views of the checks of a conversion of a kind.
func ViewChecks(w explanation.Writer, kind conversion.Kind, checks []conversion.Check) []DecisionCheckView {
	return wire.Views(checks, func(c conversion.Check) DecisionCheckView {
		text := w.Check(kind, c)
		return DecisionCheckView{
			Code: c.Code, Passed: c.Passed, Wanted: c.Wanted, Seen: c.Seen, Notes: c.Notes, Reason: c.Reason,
			Explanation: checkExplanation{Name: text.Name, Wanted: text.Wanted, Seen: text.Seen, Notes: text.Notes},
		}
	})
}

// NoteView is a note as data and as text.
type NoteView struct {
	conversion.Note
	Explanation string `json:"explanation" example:"'sales' came 4 minutes later and does not count"`
}

func viewNotes(w explanation.Writer, notes []conversion.Note) []NoteView {
	return wire.Views(notes, func(n conversion.Note) NoteView { return NoteView{Note: n, Explanation: w.Note(n)} })
}

// explainVisit writes how Ringback itself found the visit that a report belongs
// to: by the number that was called, or by a third party's visitor id. It is
// empty if Ringback did not find it.
func explainVisit(w explanation.Writer, e models.EventRow, called *models.CalledNumber) string {
	switch {
	case e.Call != nil && e.Call.Number != nil:
		return w.NumberMatch(calledNumber(*e.Call, called))
	case e.Call != nil && e.Call.Visitor != nil:
		return w.VisitorMatch(conversion.KindCall, *e.Call.Visitor, e.Call.At)
	case e.Lead != nil && e.Lead.Visitor != nil:
		return w.VisitorMatch(conversion.KindLead, *e.Lead.Visitor, e.Lead.At)
	default:
		return ""
	}
}

// calledNumber puts together what is known of a called number. The number, its
// pool and who had it may have been deleted since.
func calledNumber(e conversion.CallEvent, called *models.CalledNumber) explanation.CalledNumber {
	c := explanation.CalledNumber{Match: *e.Number, Number: e.TrackingNumber, Traffic: e.Traffic, Grace: visits.NumberGrace}
	if called == nil {
		return c
	}
	c.Name = called.Number.Name
	if called.Pool != nil {
		c.Pool = called.Pool.Name
	}
	if called.Assignment != nil {
		c.From, c.Until = &called.Assignment.From, &called.Assignment.Until
	}
	return c
}
