package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models/database"
)

// MaxEvents is how many events of one call are kept. Calls have a handful; each
// is folded anew with all before it.
const MaxEvents = 500

// ErrTooManyEvents refuses an event of a call that has MaxEvents.
var ErrTooManyEvents = fault.New(fault.Conflict, "the call has %d events already, which is the most that is kept of one call", MaxEvents)

// errOwnEvent refuses what would pass for an event of Ringback's own.
var errOwnEvent = fault.InvalidFields(fault.Field{
	Path: "event_id", Expected: "an id of the source's own, that does not start with " + conversion.OwnEventPrefix,
})

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

// AcceptCallEvent stores an event of a call, folds it into the call, and stores
// what the workflow must hear, in one transaction (guarantee 1). The same event
// id of a call is one event (guarantee 2). After the decisions were made an
// event is kept as late and nothing else changes (guarantee 5). A call that has
// MaxEvents takes no more: ErrTooManyEvents.
func (s *Store) AcceptCallEvent(ctx context.Context, in CallEvent) (Accepted, error) {
	var accepted Accepted
	texts := in
	texts.Raw = nil
	if err := database.CheckStorable(texts); err != nil {
		return accepted, err
	}
	if strings.HasPrefix(in.Event.ID, conversion.OwnEventPrefix) {
		return accepted, errOwnEvent
	}
	err := s.db.Tx(ctx, "accepting a call event", func(tx *gorm.DB) error {
		c := s.newConversion(conversion.KindCall, in.SiteID, in.Source, in.ExternalID, in.WorkflowID)
		first, err := s.acceptFirstEvent(tx, &c, in)
		switch {
		case err != nil:
			return err
		case first:
			accepted, err = s.enqueueSignal(tx, c, string(in.Event.Type), in.Trace)
			return err
		}
		accepted, err = s.acceptLaterEvent(tx, c, in)
		return err
	})
	return accepted, err
}

// acceptFirstEvent stores a call with its first event, unless the call is known
// or has to be, and reports whether it did.
func (s *Store) acceptFirstEvent(tx *gorm.DB, c *Conversion, in CallEvent) (bool, error) {
	if in.OnlyIfKnown {
		return false, nil
	}
	told := []conversion.Event{in.Event}
	call := conversion.FoldCall(told)
	c.apply(call)
	first, err := database.InsertOnce(tx, c)
	if err != nil || !first {
		return false, err
	}
	event := s.callEventOf(*c, in)
	if err := tx.Create(&event).Error; err != nil {
		return false, err
	}
	meant, err := s.matchVisits(tx, c.SiteID, told)
	if err != nil {
		return false, err
	}
	if meant != (visitMatches{}) {
		return true, s.refoldAndStore(tx, c, told, nil, meant)
	}
	counted, late := call.TagsAtEnd()
	return true, s.storeTagsAndVisit(tx, *c, counted, late)
}

// acceptLaterEvent stores an event of a call that is known. The lock on the
// call makes events and decisions follow each other.
func (s *Store) acceptLaterEvent(tx *gorm.DB, key Conversion, in CallEvent) (Accepted, error) {
	var c Conversion
	err := database.Locked(tx).Where(sameConversion, key.SiteID, key.Kind, key.Source, key.ExternalID).Take(&c).Error
	if in.OnlyIfKnown && errors.Is(err, gorm.ErrRecordNotFound) {
		return Accepted{Ignored: true}, nil
	}
	if err != nil {
		return Accepted{}, fmt.Errorf("locking the call: %w", err)
	}
	event := s.callEventOf(c, in)
	event.Late = c.DecidedAt != nil
	isNew, err := database.InsertOnce(tx, &event)
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
	return s.enqueueSignal(tx, c, string(in.Event.Type), in.Trace)
}

// roomForEvent refuses an event, already inserted, that is one too many.
func roomForEvent(tx *gorm.DB, conversionID string) error {
	var events int64
	err := tx.Model(&EventRow{}).Where("conversion_id = ? AND event_id NOT IN ?", conversionID, ownEvents).Count(&events).Error
	if err == nil && events > MaxEvents {
		return ErrTooManyEvents
	}
	return err
}

// refold folds all events of a call anew: an event that comes out of order
// changes what those before it said, and whose session the call is.
func (s *Store) refold(tx *gorm.DB, c *Conversion) error {
	var rows []EventRow
	err := tx.Select("event_id", "call").Where("conversion_id = ? AND NOT late", c.ID).Order("seq").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("reading the call's events: %w", err)
	}
	var told []conversion.Event
	before := map[string]*conversion.Event{}
	for _, row := range rows {
		if slices.Contains(ownEvents, row.EventID) {
			before[row.EventID] = row.Call
		} else {
			told = append(told, *row.Call)
		}
	}
	meant, err := s.matchVisits(tx, c.SiteID, told)
	if err != nil {
		return err
	}
	return s.refoldAndStore(tx, c, told, before, meant)
}

// understand folds what was told of a call with what its number and its visitor
// ids mean, and stores what it comes to. Before is what they were thought to mean.
func (s *Store) refoldAndStore(tx *gorm.DB, c *Conversion, told []conversion.Event, before map[string]*conversion.Event, meant visitMatches) error {
	if err := s.storeMatches(tx, *c, before, meant); err != nil {
		return err
	}
	call := conversion.FoldCall(meant.with(told))
	hadTraffic := c.Traffic != nil
	c.apply(call)
	if err := tx.Select("*").Updates(c).Error; err != nil {
		return fmt.Errorf("storing the call: %w", err)
	}
	if len(call.Tags) > 0 || len(before) > 0 { // the number may have had other tags
		if err := tx.Where("conversion_id = ?", c.ID).Delete(&ConversionTag{}).Error; err != nil {
			return fmt.Errorf("replacing the call's tags: %w", err)
		}
	}
	if hadTraffic && c.Traffic == nil { // it was another number's
		if err := deleteInlineVisit(tx, *c); err != nil {
			return err
		}
	}
	counted, late := call.TagsAtEnd()
	if err := s.storeTagsAndVisit(tx, *c, counted, late); err != nil {
		return err
	}
	return s.linkCaller(tx, c.SiteID, call, meant)
}

// learn takes over what the events of a call add up to.
func (c *Conversion) apply(call conversion.Call) {
	c.At, c.Person, c.Phone, c.Anonymous = call.At(), call.Caller, call.Caller, call.Anonymous
	c.Name, c.TrackingNumber, c.Extension = call.CallerName, call.TrackingNumber, call.Extension
	c.SessionID, c.VisitorIDs, c.Traffic = call.SessionID, call.VisitorIDs, call.Traffic
	c.AnsweredAt, c.EndedAt = timeOrNil(call.AnsweredAt), timeOrNil(call.EndedAt)
	c.Outcome, c.TalkSeconds, c.WaitSeconds = call.Outcome, call.TalkSeconds, call.WaitSeconds
}

func (s *Store) callEventOf(c Conversion, in CallEvent) EventRow {
	event := s.eventOf(c, in.Event.ID, string(in.Event.Type), in.Event.At, in.Raw)
	event.Call = &in.Event
	return event
}
