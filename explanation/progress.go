package explanation

import (
	"time"

	"ringback/conversion"
	"ringback/internal/locale"
)

// Stage writes the stage of a workflow, with the time at which it ends by itself if
// that is not nil.
func (w Writer) Stage(stage string, until *time.Time) string {
	id := "stage." + stage
	if until != nil {
		if text := w.text(id+"_until", locale.Values{"Until": exact(*until)}); text != id+"_until" {
			return text
		}
	}
	return w.name("stage", stage)
}

// Progress writes one of the remarks in the table of a workflow's integrations. The
// message may insert a time, which may be nil.
func (w Writer) Progress(remark string, at *time.Time) string {
	values := locale.Values{}
	if at != nil {
		values["At"] = exact(*at)
	}
	id := "progress." + remark
	return w.text(id, values)
}

// SkipReason writes in short why a conversion was skipped. The decision itself has
// the values, which may be personal.
func (w Writer) SkipReason(r conversion.Reason) string { return w.name("skip_reason", r) }

// GiveUpCause writes why a workflow gave up a delivery.
func (w Writer) GiveUpCause(cause string) string { return w.name("give_up_cause", cause) }

// exact writes a time as Temporal's page does.
func exact(t time.Time) string { return t.UTC().Format(time.RFC3339) }
