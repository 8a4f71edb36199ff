package conversionview

import (
	"ringback/explanation"
	"ringback/internal/delivery"
)

// ReasonView is a reason as data and as text. Both are missing if there is none.
type ReasonView struct {
	Reason      *delivery.Reason `json:"reason,omitempty" doc:"Why it is in this state: a code, and the values that belong to it."`
	Explanation string           `json:"explanation,omitempty" doc:"The reason, for people." example:"answered 503"`
}

// ViewReason returns the view of a reason.
func ViewReason(w explanation.Writer, r delivery.Reason) ReasonView {
	if r.IsZero() {
		return ReasonView{}
	}
	return ReasonView{Reason: &r, Explanation: w.Reason(r)}
}
