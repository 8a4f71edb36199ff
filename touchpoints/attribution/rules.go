package attribution

import (
	"bytes"
	"cmp"
	"encoding/json"
	"time"

	"ringback/touchpoints"
	"ringback/touchpoints/channels"
	"ringback/touchpoints/credit"
)

// DefaultCallType is the type of a call of which there is no Task.
const DefaultCallType = "Call"

// Rules are the choices of a site. The zero value has the defaults, but no rows of the
// channel sheet; Default has both.
type Rules struct {
	WindowSeconds int64                  `json:"window_seconds,omitempty"` // zero means touchpoints.DefaultWindow
	SkewSeconds   int64                  `json:"skew_seconds,omitempty"`
	Basis         touchpoints.Basis      `json:"basis,omitempty"`
	MediumOf      touchpoints.MediumOf   `json:"medium_of,omitempty"`
	LaterCalls    touchpoints.LaterCalls `json:"later_calls,omitempty"`
	CallType      string                 `json:"call_type,omitempty"` // of calls without a Task, empty means DefaultCallType
	Mapping       touchpoints.Mapping    `json:"mapping,omitempty"`   // empty means touchpoints.ByAccount
	Boomerang     []string               `json:"boomerang,omitempty"` // stages of which each entry has a position
	Exclusions    touchpoints.Exclusions `json:"exclusions,omitzero"`
	Custom        *credit.Model          `json:"custom,omitempty"` // the owner's model, nil if there is none
	Sheet         []channels.Rule        `json:"sheet"`
}

// Default returns the rules that a site has at first.
func Default() Rules { return Rules{Sheet: channels.Default().Rules()} }

// Models returns the models by which credit is divided.
func (r Rules) Models() []credit.Model {
	models := credit.Models()
	if r.Custom != nil {
		models = append(models, *r.Custom)
	}
	return models
}

// TypeOfCalls returns the type of calls without a Task.
func (r Rules) TypeOfCalls() string { return cmp.Or(r.CallType, DefaultCallType) }

// Clone returns a copy that shares nothing.
func (r Rules) Clone() Rules {
	var other Rules
	_ = json.Unmarshal(r.encoded(), &other) // what was encoded can be decoded
	return other
}

// Equal reports whether two rules have the same results. A choice that is left open is
// the same as its default.
func (r Rules) Equal(other Rules) bool {
	return bytes.Equal(r.complete().encoded(), other.complete().encoded())
}

// complete returns the rules with the defaults of what is left open.
func (r Rules) complete() Rules {
	r.WindowSeconds = cmp.Or(r.WindowSeconds, int64(touchpoints.DefaultWindow/time.Second))
	r.Basis = cmp.Or(r.Basis, touchpoints.FromLastActivity)
	r.MediumOf = cmp.Or(r.MediumOf, touchpoints.MediumOfTask)
	r.LaterCalls = cmp.Or(r.LaterCalls, touchpoints.LaterCallsAbsorbed)
	r.CallType = r.TypeOfCalls()
	r.Mapping = cmp.Or(r.Mapping, touchpoints.ByAccount)
	return r
}

// encoded returns the rules as they are stored.
func (r Rules) encoded() []byte {
	encoded, _ := json.Marshal(r) // texts and numbers always marshal
	return encoded
}

// Settings returns the rules for package touchpoints. The error is a fault if the sheet
// cannot be used.
func (r Rules) Settings() (touchpoints.Settings, error) {
	sheet, err := channels.NewSheet(r.Sheet)
	if err != nil {
		return touchpoints.Settings{}, err
	}
	return touchpoints.Settings{
		Window: time.Duration(r.WindowSeconds) * time.Second, Skew: time.Duration(r.SkewSeconds) * time.Second,
		Basis: r.Basis, MediumOf: r.MediumOf, LaterCalls: r.LaterCalls, Channels: sheet,
	}, nil
}
