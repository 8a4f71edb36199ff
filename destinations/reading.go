package destinations

import (
	"context"
	"fmt"
	"iter"

	"ringback/crm"
	"ringback/internal/delivery"
	"ringback/internal/settings"
)

// CRMReader is a destination that is a CRM, from which people, opportunities and Tasks
// can be read.
type CRMReader interface {
	Destination
	// Reads reports whether the settings ask for it.
	Reads(settings.Values) bool
	// ReadingKey identifies the org and the settings that decide what its records mean. If
	// it changes, everything is read again. It holds no secret.
	ReadingKey(settings.Values) string
	// Objects returns the kinds of records, in the order in which they are read.
	Objects() []string
	// Changes returns the records of a kind that changed after a position, by pages, the
	// earliest change first. It ends at the first error, which is a ReadFailure.
	Changes(ctx context.Context, doer delivery.Doer, s settings.Values, object string, after crm.Position) iter.Seq2[crm.Page, error]
}

// ReadFailure is why a CRM could not be read.
type ReadFailure struct{ delivery.Result }

// Error implements error. It quotes nothing that the CRM answered.
func (f *ReadFailure) Error() string {
	return fmt.Sprintf("reading a CRM: %s, status %d", f.Class, f.Status)
}
