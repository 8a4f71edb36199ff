package deliveries

import (
	"time"

	"ringback/internal/delivery"
)

// State is how far a delivery is (G4).
type State string

// The states of a delivery. While it waits or retries, NextTryAt is when it goes on.
const (
	Pending   State = "pending"   // decided, not yet tried
	Waiting   State = "waiting"   // held back: breaker, limit, integration switched off; see Reason
	Retrying  State = "retrying"  // an attempt failed, another follows
	Delivered State = "delivered" // end state
	Failed    State = "failed"    // end state; can be resent
)

// Final reports whether no more attempts follow by themselves.
func (s State) Final() bool { return s == Delivered || s == Failed }

// Delivery is what a send decision becomes.
type Delivery struct {
	ID              string `gorm:"primaryKey"`
	SiteID          string
	ConversionID    string
	IntegrationID   string
	IntegrationType string
	DecisionID      string
	ResendNumber    int `gorm:"column:n"` // 0 for the delivery of a decision; 1, 2, ... for the resends that people asked for
	ResendOf        string
	ResentAs        string `gorm:"-"` // where it is read: the resend that followed it
	Resent          bool   // a resend has followed it
	RequestedBy     string
	WorkflowID      string
	State           State
	Reason          delivery.Reason  `gorm:"serializer:reason"` // why it waits, retries or failed
	Class           delivery.Class   // of the last attempt
	Event           delivery.Payload `gorm:"serializer:json"` // the snapshot every attempt sends
	Attempts        int
	NextTryAt       *time.Time
	LeasedAt        *time.Time // the running attempt was begun then
	LeasedUntil     *time.Time // an attempt is running until then at the latest
	GiveUpAt        time.Time
	AcceptedAt      time.Time // when the last event that the decision used was accepted; of a resend: when it was asked for
	CreatedAt       time.Time
	FinishedAt      *time.Time
	RequeuedAt      *time.Time `gorm:"column:revived_at"` // when its workflow was last signalled again because it was stuck; resends only
}
