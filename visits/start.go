package visits

import (
	"fmt"

	"ringback/conversion"
	"ringback/internal/stored"
)

// StartCode names why a session began.
type StartCode string

// Why a session begins.
const (
	StartSource     StartCode = "source"     // the visitor arrived from Source and Medium, either of which may be empty
	StartCampaign   StartCode = "campaign"   // the visitor arrived by a campaign without source and medium
	StartNotKnown   StartCode = "not_known"  // where the visitor came from is not known
	StartInactivity StartCode = "inactivity" // the last activity was too long ago
)

// StartCodes returns every code.
func StartCodes() []StartCode {
	return []StartCode{StartSource, StartCampaign, StartNotKnown, StartInactivity}
}

// StartReason is why a session is one of its own. Package explanation writes the
// sentence.
type StartReason struct {
	Code   StartCode `json:"code,omitempty" enum:"source,campaign,not_known,inactivity" doc:"Missing if an earlier version stored the reason as text." example:"source"`
	First  bool      `json:"first,omitempty" doc:"True if it is the visitor's first session."`
	Source string    `json:"source,omitempty" example:"google"`
	Medium string    `json:"medium,omitempty" example:"cpc"`
	Text   string    `json:"text,omitempty" doc:"The reason as an earlier version stored it: in English."`
}

// arrival returns the reason of a session that began with this traffic.
func arrival(t conversion.Traffic) StartReason {
	switch {
	case t.Direct():
		return StartReason{Code: StartNotKnown}
	case t.Source == "" && t.Medium == "":
		return StartReason{Code: StartCampaign}
	default:
		return StartReason{Code: StartSource, Source: t.Source, Medium: t.Medium}
	}
}

// UnmarshalJSON also reads reasons that were stored as sentences in English.
func (r *StartReason) UnmarshalJSON(data []byte) error {
	type plain StartReason
	var read plain
	if err := stored.ObjectOrText(data, &read, &read.Text); err != nil {
		return fmt.Errorf("reading why a session began: %w", err)
	}
	*r = StartReason(read)
	return nil
}
