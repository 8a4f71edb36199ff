package destinations

import (
	"context"

	"ringback/internal/delivery"
	"ringback/internal/settings"
)

// SetupChecker is a destination that can check an integration's set-up at the real
// service, without sending an event.
type SetupChecker interface {
	Destination
	// CheckSetup checks every condition of a working set-up. It stops at the first one
	// without which the others cannot be checked.
	CheckSetup(context.Context, delivery.Doer, settings.Values) []Finding
}

// Finding is the result for one condition of a set-up.
type Finding struct {
	Met    bool
	Reason delivery.Reason // what was found; if it is not met, also what to do
}
