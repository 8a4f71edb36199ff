package models

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/conversion"
	"ringback/fault"
	"ringback/ids"
)

// MaxEvents is how many events of one call are kept. Calls have a handful; each
// is folded anew with all before it.
const MaxEvents = 500

// ErrTooManyEvents refuses an event of a call that has MaxEvents.
var ErrTooManyEvents = fault.New(fault.Conflict, "the call has %d events already, which is the most that is kept of one call", MaxEvents)

// CallEvent is one event of a call, as a source or the API reported it.
type CallEvent struct {
	SiteID     string
	Source     string
	ExternalID string
	WorkflowID string
	Event      conversion.Event
	Raw        []byte            // the body as it arrived
	Trace      map[string]string // W3C trace context of the request

	// OnlyIfKnown keeps the event only if the call is known: it tells of a
	// change to a call, and makes none.
	OnlyIfKnown bool
}

// Accepted says what became of an event or a lead.
type Accepted struct {
	ConversionID string
	Duplicate    bool    // it was stored before: nothing changed
	Ignored      bool    // the call is not known and OnlyIfKnown was asked: nothing is stored
	Late         bool    // stored after the decisions were made: it changes none
	Signal       *Signal // what the workflow must hear; nil: nothing
}

// AcceptCallEvent stores an event of a call, folds it into the call, and stores
// what the workflow must hear, in one transaction (guarantee 1). The same event
// id of a call is one event (guarantee 2). After the decisions were made an
// event is kept as late and nothing else changes (guarantee 5). A call that has
// MaxEvents takes no more: ErrTooManyEvents.
func (s *Store) AcceptCallEvent(ctx context.Context, in CallEvent) (Accepted, error) {
	var accepted Accepted
	texts := in
	texts.Raw = nil
	if err := storable(texts); err != nil {
		return accepted, err
	}
	err := s.inTx(ctx, "accepting a call event", func(tx *gorm.DB) error {
		c := s.newConversion(conversion.KindCall, in.SiteID, in.Source, in.ExternalID, in.WorkflowID)
		call := conversion.FoldCall([]conversion.Event{in.Event})
		c.learn(call)
		first, err := insertCall(tx, &c, in.OnlyIfKnown)
		if err != nil {
			return err
		}
		if !first {
			accepted, err = s.acceptLaterEvent(tx, c, in)
			return err
		}
		event := s.callEventOf(c, in)
		if err := tx.Create(&event).Error; err != nil {
			return err
		}
		counted, late := call.TagsAtEnd()
		if err := s.storeTouch(tx, c, counted, late); err != nil {
			return err
		}
		accepted, err = s.tell(tx, c, string(in.Event.Type), in.Trace)
		return err
	})
	return accepted, err
}

// insertCall inserts a call unless it is known or has to be, and says whether it did.
func insertCall(tx *gorm.DB, c *Conversion, onlyIfKnown bool) (bool, error) {
	if onlyIfKnown {
		return false, nil
	}
	return insertOnce(tx, c)
}

const sameConversion = "site_id = ? AND kind = ? AND source = ? AND external_id = ?"

// acceptLaterEvent stores an event of a call that is known. The lock on the
// call makes events and decisions follow each other.
func (s *Store) acceptLaterEvent(tx *gorm.DB, key Conversion, in CallEvent) (Accepted, error) {
	var c Conversion
	err := locked(tx).Where(sameConversion, key.SiteID, key.Kind, key.Source, key.ExternalID).Take(&c).Error
	if in.OnlyIfKnown && errors.Is(err, gorm.ErrRecordNotFound) {
		return Accepted{Ignored: true}, nil
	}
	if err != nil {
		return Accepted{}, fmt.Errorf("locking the call: %w", err)
	}
	event := s.callEventOf(c, in)
	event.Late = c.DecidedAt != nil
	isNew, err := insertOnce(tx, &event)
	switch {
	case err != nil:
		return Accepted{}, err
	case !isNew:
		return Accepted{ConversionID: c.ID, Duplicate: true}, nil
	}
	if err := roomForEvent(tx, c.ID); err != nil {
		return Accepted{}, err
	}
	if event.Late {
		tags := conversion.FoldCall([]conversion.Event{in.Event}).Tags
		return Accepted{ConversionID: c.ID, Late: true}, addTags(tx, c, nil, tags)
	}
	if err := s.refold(tx, &c); err != nil {
		return Accepted{}, err
	}
	return s.tell(tx, c, string(in.Event.Type), in.Trace)
}

// roomForEvent refuses an event, already inserted, that is one too many.
func roomForEvent(tx *gorm.DB, conversionID string) error {
	var events int64
	err := tx.Model(&Event{}).Where("conversion_id = ?", conversionID).Count(&events).Error
	if err == nil && events > MaxEvents {
		return ErrTooManyEvents
	}
	return err
}

// refold folds all events of a call anew: an event that comes out of order
// changes what those before it said.
func (s *Store) refold(tx *gorm.DB, c *Conversion) error {
	var rows []Event
	if err := tx.Select("call").Where("conversion_id = ? AND NOT late", c.ID).Order("seq").Find(&rows).Error; err != nil {
		return fmt.Errorf("reading the call's events: %w", err)
	}
	events := make([]conversion.Event, 0, len(rows))
	for _, row := range rows {
		events = append(events, *row.Call)
	}
	call := conversion.FoldCall(events)
	c.learn(call)
	if err := tx.Select("*").Updates(c).Error; err != nil {
		return fmt.Errorf("storing the call: %w", err)
	}
	if len(call.Tags) > 0 {
		if err := tx.Where("conversion_id = ?", c.ID).Delete(&ConversionTag{}).Error; err != nil {
			return fmt.Errorf("replacing the call's tags: %w", err)
		}
	}
	counted, late := call.TagsAtEnd()
	return s.storeTouch(tx, *c, counted, late)
}

func (s *Store) newConversion(kind conversion.Kind, siteID, source, externalID, workflowID string) Conversion {
	return Conversion{
		ID: ids.New(ids.Conversion), SiteID: siteID, Kind: kind, Source: source, ExternalID: externalID,
		WorkflowID: workflowID, State: StateWaiting, CreatedAt: s.now(),
	}
}

// learn takes over what the events of a call add up to.
func (c *Conversion) learn(call conversion.Call) {
	c.At, c.Person, c.Phone, c.Anonymous = call.At(), call.Caller, call.Caller, call.Anonymous
	c.Name, c.TrackingNumber, c.Extension = call.CallerName, call.TrackingNumber, call.Extension
	c.SessionID, c.VisitorIDs, c.Traffic = call.SessionID, call.VisitorIDs, call.Traffic
	c.AnsweredAt, c.EndedAt = known(call.AnsweredAt), known(call.EndedAt)
	c.Outcome, c.TalkSeconds, c.WaitSeconds = call.Outcome, call.TalkSeconds, call.WaitSeconds
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (s *Store) eventOf(c Conversion, id, eventType string, at time.Time, raw []byte) Event {
	return Event{ConversionID: c.ID, SiteID: c.SiteID, EventID: id, Type: eventType, At: at, Raw: raw, ReceivedAt: s.now()}
}

func (s *Store) callEventOf(c Conversion, in CallEvent) Event {
	event := s.eventOf(c, in.Event.ID, string(in.Event.Type), in.Event.At, in.Raw)
	event.Call = &in.Event
	return event
}

// insertOnce inserts a row unless one with its unique key is there, and says whether it did.
func insertOnce(tx *gorm.DB, row any) (bool, error) {
	result := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(row)
	return result.RowsAffected == 1, result.Error
}
