package touchpoints

import (
	"time"

	"ringback/touchpoints/channels"
)

// ReasonCode is a kind of reason why a touchpoint is what it is.
type ReasonCode string

// The codes, in the order in which they are shown.
const (
	ReasonVisit        ReasonCode = "visit"        // the session had no form and no call
	ReasonForm         ReasonCode = "form"         // At: the session's first form
	ReasonCall         ReasonCode = "call"         // Merging: how the call and its session were merged
	ReasonLaterCall    ReasonCode = "later_call"   // Merging: the session has a touchpoint already; the settings keep each call
	ReasonAbsorbed     ReasonCode = "absorbed"     // Count: more forms or calls in the session
	ReasonTypeOfTask   ReasonCode = "type_of_task" // Value: the type
	ReasonTypeBlank    ReasonCode = "type_blank"   // the Task's type is not filled in (M7)
	ReasonTypeCut      ReasonCode = "type_cut"     // Count: how many characters the Task's type has
	ReasonMediumOfTask ReasonCode = "medium_task"  // Value: the session's medium, by which the channel was decided
	ReasonChannelRule  ReasonCode = "channel_rule" // Row, Value, Cells: the rule and the channel
	ReasonNoRule       ReasonCode = "channel_none" // no rule fits
	ReasonDirect       ReasonCode = "direct"       // no rule fits, and nothing tells where the visit came from
	ReasonCarriedOver  ReasonCode = "carried_over" // Value: the channel of the session before
	ReasonNoPerson     ReasonCode = "no_person"    // the Task names nobody; the person is that of the browser
	ReasonOtherPerson  ReasonCode = "other_people" // Count: forms that others sent in the session
)

// ReasonCodes returns all codes.
func ReasonCodes() []ReasonCode {
	return []ReasonCode{
		ReasonVisit, ReasonForm, ReasonCall, ReasonLaterCall, ReasonAbsorbed, ReasonTypeOfTask, ReasonTypeBlank, ReasonTypeCut,
		ReasonMediumOfTask, ReasonChannelRule, ReasonNoRule, ReasonDirect, ReasonCarriedOver, ReasonNoPerson, ReasonOtherPerson,
	}
}

// Reason is why a touchpoint is what it is. Its code says which fields it has.
type Reason struct {
	Code    ReasonCode     `json:"code"`
	At      *time.Time     `json:"at,omitempty"`
	Count   int            `json:"count,omitempty"`
	Value   string         `json:"value,omitempty"`
	Row     int            `json:"row,omitempty"`
	Cells   []channels.Hit `json:"cells,omitempty"`
	Merging *Merging       `json:"merging,omitempty"`
}

// channelReason returns why a touchpoint has its channel.
func channelReason(m channels.Match) Reason {
	switch {
	case m.Row > 0:
		return Reason{Code: ReasonChannelRule, Row: m.Row, Value: m.Path(), Cells: m.Cells}
	case m.Channel == channels.Direct:
		return Reason{Code: ReasonDirect}
	default:
		return Reason{Code: ReasonNoRule}
	}
}
