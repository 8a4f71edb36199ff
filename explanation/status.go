package explanation

import (
	"ringback/conversion"
	"ringback/internal/locale"
)

// NotTaken writes that an integration does not take conversions of a kind, as it is set
// up now. It is not decided yet.
func (w Writer) NotTaken(kind conversion.Kind) string {
	return w.text(ofKind("status.not_taken", kind), nil)
}

// Delivered writes that the destination took the event.
func (w Writer) Delivered() string { return w.text("status.delivered", nil) }

// Failed writes that a delivery has failed and can be resent, with the reason if there
// is one on record.
func (w Writer) Failed(reason string) string {
	if reason == "" {
		reason = w.text("status.not_delivered", nil)
	}
	return w.text("status.failed", locale.Values{"Reason": reason})
}
