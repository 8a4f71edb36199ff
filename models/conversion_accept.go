package models

import (
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/models/figures"
	"ringback/models/journeys"
	"ringback/models/outbox"
)

// Accepted is what became of an event or a lead.
type Accepted struct {
	ConversionID string
	Duplicate    bool           // it was stored before, nothing changed
	Ignored      bool           // the call is not known and OnlyIfKnown was set, nothing is stored
	Late         bool           // stored after the decisions were made, which it does not change
	Signal       *outbox.Signal // for the workflow, nil if there is none
}

// sameConversion is the condition of G2: one external id is one conversion.
const sameConversion = "site_id = ? AND kind = ? AND source = ? AND external_id = ?"

func (s *Store) newConversion(kind conversion.Kind, siteID, source, externalID, workflowID string) Conversion {
	return Conversion{
		ID: ids.New(ids.Conversion), SiteID: siteID, Kind: kind, Source: source, ExternalID: externalID,
		WorkflowID: workflowID, State: StateWaiting, CreatedAt: s.db.Now(),
	}
}

func (s *Store) eventOf(c Conversion, id, eventType string, at time.Time, raw []byte) EventRow {
	return EventRow{ConversionID: c.ID, SiteID: c.SiteID, EventID: id, Type: eventType, At: at, Raw: raw, ReceivedAt: s.db.Now()}
}

// signal enqueues a signal for the workflow of a conversion, as signalAll does.
func (s *Store) signal(tx *gorm.DB, c Conversion, eventType string, trace map[string]string, about ...database.Change) (Accepted, error) {
	signals := []outbox.Signal{signalOf(c, eventType, trace)}
	return Accepted{ConversionID: c.ID, Signal: &signals[0]}, s.signalAll(tx, signals, about...)
}

// signalAll enqueues signals for the workflows of conversions, and marks the conversions: their
// journeys and figures are to be computed again. It makes the changes with them that the
// signals are about.
func (s *Store) signalAll(tx *gorm.DB, signals []outbox.Signal, about ...database.Change) error {
	siteOf := make(map[string]string, len(signals))
	for _, signal := range signals {
		siteOf[signal.ConversionID] = signal.SiteID
	}
	return s.Enqueue(tx, signals, append(about, journeys.MarkingConversions(siteOf), figures.MarkingAll(siteOf))...)
}

func signalOf(c Conversion, eventType string, trace map[string]string) outbox.Signal {
	return outbox.Signal{
		WorkflowID: c.WorkflowID, SiteID: c.SiteID, ConversionID: c.ID, Kind: c.Kind, EventType: eventType, Trace: trace,
	}
}

// timeOrNil returns a time, nil for the zero time.
func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
