package conversionview

import (
	"time"

	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/models/integrations"
)

// BreakerView is the breaker of an integration.
type BreakerView struct {
	State     delivery.BreakerState `json:"state" doc:"The breaker is closed while attempts are made. It is open after repeated failures of the destination: deliveries then wait until open_until, when a single one is tried." example:"closed"`
	OpenSince *time.Time            `json:"open_since,omitempty" doc:"Since when it has been open."`
	OpenUntil *time.Time            `json:"open_until,omitempty" doc:"When a single delivery is tried next."`
	Waiting   int                   `json:"waiting,omitempty" doc:"How many deliveries of the integration have not ended. Missing if none has, or if the breaker is closed." example:"12"`
	ReasonView
}

// ViewBreaker returns a breaker as it is shown, with how many deliveries wait.
func ViewBreaker(w explanation.Writer, b integrations.Breaker, waiting int) BreakerView {
	if b.State != delivery.BreakerOpen {
		return BreakerView{State: delivery.BreakerClosed}
	}
	return BreakerView{State: b.State, OpenSince: b.OpenSince, OpenUntil: b.OpenUntil, Waiting: waiting, ReasonView: ViewReason(w, b.Reason)}
}
