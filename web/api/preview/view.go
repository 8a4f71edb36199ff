package preview

import (
	"cmp"
	"slices"
	"time"

	"ringback/conversion"
	"ringback/explanation"
	"ringback/models/judged"
	"ringback/web/internal/conversionview"
)

// Show is which calls and leads are shown.
type Show string

// What can be shown.
const (
	ShowAll     Show = "all"
	ShowSent    Show = "sent"
	ShowSkipped Show = "skipped"
	ShowGained  Show = "gained"
	ShowLost    Show = "lost"
	ShowNone    Show = "none"
)

// Change is what other settings change for a call or lead.
type Change string

// The changes.
const (
	Gained Change = "gained"
	Lost   Change = "lost"
)

// View is one page of a trial.
type View struct {
	From       time.Time  `json:"from" doc:"The beginning of the period."`
	To         time.Time  `json:"to" doc:"The end of the period."`
	Total      int        `json:"total" doc:"How many calls and leads of the period were decided when the first page was judged." example:"1200"`
	Judged     int        `json:"judged" doc:"How many of them are judged, by this page and those before it." example:"200"`
	Counts     CountsView `json:"counts" doc:"About the calls and leads of this page."`
	Items      []ItemView `json:"items" doc:"The calls and leads of this page that show selects, newest first."`
	NextCursor string     `json:"next_cursor" doc:"Pass it as cursor to judge the next ones. Empty if all are judged."`
}

// CountsView are the counts of one page.
type CountsView struct {
	Judged  int           `json:"judged" example:"200"`
	Sent    int           `json:"sent" doc:"How many would have been sent." example:"40"`
	Skipped []SkippedView `json:"skipped" doc:"How many would not have been sent, by the first check that failed."`
	Current int           `json:"current" doc:"How many the present settings would have sent; 0 for a new integration." example:"42"`
	Gained  int           `json:"gained" doc:"How many only the settings that are tried would have sent; 0 for a new integration." example:"3"`
	Lost    int           `json:"lost" doc:"How many only the present settings would have sent." example:"5"`
	Rebuilt int           `json:"rebuilt" doc:"For how many nothing was kept of what was known when they were decided, because that was too long ago or the visitor withdrew consent. They are judged by what is stored today."`
}

// SkippedView counts calls and leads that would not have been sent.
type SkippedView struct {
	Check       conversion.CheckCode `json:"check" doc:"The first check that failed." example:"tags"`
	Reason      conversion.Reason    `json:"reason" example:"tag_filter_not_met"`
	Explanation string               `json:"explanation"`
	Count       int                  `json:"count" example:"12"`
}

// ItemView is what a trial comes to for one call or lead.
type ItemView struct {
	ConversionID string                             `json:"conversion_id" example:"cnv_01jdq00000000000000000000"`
	Kind         conversion.Kind                    `json:"kind" enum:"call,lead" example:"call"`
	At           time.Time                          `json:"at"`
	Phone        string                             `json:"phone,omitempty" example:"+12025550123"`
	Verdict      conversion.Verdict                 `json:"verdict" enum:"send,skip"`
	Reason       conversion.Reason                  `json:"reason" example:"tag_filter_not_met"`
	Moment       conversion.Moment                  `json:"moment" doc:"When it would have been decided: start or end of the call, incomplete or cancelled."`
	Explanation  string                             `json:"explanation" doc:"One sentence for people."`
	Unmet        []conversionview.DecisionCheckView `json:"unmet" doc:"The checks that failed."`
	Change       Change                             `json:"change,omitempty" enum:"gained,lost" doc:"What the settings change against the present ones. Missing if nothing."`
	Current      *CurrentView                       `json:"current,omitempty" doc:"What the present settings come to. Missing for a new integration."`
}

// CurrentView is what the present settings of an integration come to.
type CurrentView struct {
	Verdict conversion.Verdict `json:"verdict" enum:"send,skip"`
	Reason  conversion.Reason  `json:"reason" example:"all_checks_passed"`
}

// building is a view that is being built.
type building struct {
	View
	at      place
	isLast  bool
	skipped map[SkippedView]int
}

func newView(p place, judged, limit int) *building {
	p.Done += judged
	b := &building{at: p, isLast: judged < limit, skipped: map[SkippedView]int{}}
	b.View = View{From: p.From, To: p.To, Total: max(p.Total, p.Done), Judged: p.Done, Items: []ItemView{}}
	b.Counts = CountsView{Judged: judged, Skipped: []SkippedView{}}
	return b
}

// add adds what a trial comes to.
func (b *building) add(w explanation.Writer, o outcome, show Show) {
	count := func(to *int, when bool) {
		if when {
			*to++
		}
	}
	change, sent := o.change(), o.tried.Verdict == conversion.Send
	count(&b.Counts.Sent, sent)
	count(&b.Counts.Current, o.current != nil && o.current.Verdict == conversion.Send)
	count(&b.Counts.Gained, change == Gained)
	count(&b.Counts.Lost, change == Lost)
	count(&b.Counts.Rebuilt, o.rebuilt)
	if !sent {
		b.skipped[SkippedView{Check: firstUnmet(o.tried), Reason: o.tried.Reason}]++
	}
	if show.selects(o) {
		b.Items = append(b.Items, viewItem(w, o))
	}
}

// finish completes the view of a page.
func (b *building) finish(w explanation.Writer, page []judged.Conversion) {
	for s, n := range b.skipped {
		s.Count, s.Explanation = n, w.SkipReason(s.Reason)
		b.Counts.Skipped = append(b.Counts.Skipped, s)
	}
	slices.SortFunc(b.Counts.Skipped, func(x, y SkippedView) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Check, y.Check), cmp.Compare(x.Reason, y.Reason))
	})
	if b.isLast {
		b.Total = b.Judged
		return
	}
	last := page[len(page)-1]
	b.at.At, b.at.ID = last.At, last.ID
	b.NextCursor = b.at.cursor()
}

// selects reports whether an outcome is shown.
func (s Show) selects(o outcome) bool {
	switch s {
	case ShowSent:
		return o.tried.Verdict == conversion.Send
	case ShowSkipped:
		return o.tried.Verdict != conversion.Send
	case ShowGained, ShowLost:
		return o.change() == Change(s)
	case ShowNone:
		return false
	default:
		return true
	}
}

// firstUnmet returns the first check that failed, which is the reason of the decision.
func firstUnmet(d conversion.Decision) conversion.CheckCode {
	i := slices.IndexFunc(d.Checks, func(c conversion.Check) bool { return !c.Passed })
	if i < 0 {
		return ""
	}
	return d.Checks[i].Code
}

func viewItem(w explanation.Writer, o outcome) ItemView {
	unmet := slices.DeleteFunc(slices.Clone(o.tried.Checks), func(c conversion.Check) bool { return c.Passed })
	item := ItemView{
		ConversionID: o.of.ID, Kind: o.of.Kind, At: o.of.At, Phone: o.of.Facts[len(o.of.Facts)-1].Event.Phone,
		Verdict: o.tried.Verdict, Reason: o.tried.Reason, Moment: o.tried.Moment, Change: o.change(),
		Explanation: w.Decision(o.of.Kind, o.tried), Unmet: conversionview.ViewChecks(w, o.of.Kind, unmet),
	}
	if o.current != nil {
		item.Current = &CurrentView{Verdict: o.current.Verdict, Reason: o.current.Reason}
	}
	return item
}
