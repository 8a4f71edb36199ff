package forms

// Capture selects the forms whose submissions become leads.
type Capture string

// Which forms are captured.
const (
	CaptureMarked Capture = "marked" // those with data-ringback
	CaptureAll    Capture = "all"    // all but those with data-ringback="ignore"
	CaptureNone   Capture = "none"   // leads come by ringback('lead', ...) alone
)
