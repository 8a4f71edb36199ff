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
	"ringback/models/figures"
)

// MaxEvents is the maximum number of events of one call. Calls have a handful, and
// each is folded together with all before it.
const MaxEvents = 500

// ErrTooManyEvents is returned for an event of a call that already has MaxEvents.
var ErrTooManyEvents = fault.New(fault.Conflict, "too_many_events").Counting(MaxEvents)

// errOwnEvent is returned for an event that would look like one of Ringback's own.
var errOwnEvent = fault.InvalidFields(fault.Field{
	Path: "event_id", Expected: fault.Expect("event_id_of_source").With("Prefix", conversion.OwnEventPrefix),
})

// CallEvent is one event of a call, as a source or the API reported it.
type CallEvent struct {
	SiteID     string
	Source     string
	ExternalID string
	WorkflowID string
	Event      conversion.CallEvent
	Raw        []byte // the body as it arrived
	Reporter   conversion.Reporter
	Trace      map[string]string // W3C trace context of the request

	// OnlyIfKnown stores the event only if the call is known: it is about a change to
	// a call, and does not make one.
	OnlyIfKnown bool
}

// AcceptCallEvent stores an event of a call, folds it into the call, and stores the
// signal for the workflow, in one transaction (G1). The same event id of a call is
// one event (G2). After the decisions were made an event is stored as late, and
// nothing else changes (G5). It returns ErrTooManyEvents for a call that has
// MaxEvents.
func (s *Store) AcceptCallEvent(ctx context.Context, in CallEvent) (accepted Accepted, err error) {
	texts := in
	texts.Raw = nil
	if err := database.CheckStorable(texts); err != nil {
		return accepted, err
	}
	if strings.HasPrefix(in.Event.ID, conversion.OwnEventPrefix) {
		return accepted, errOwnEvent
	}
	err = s.db.Tx(ctx, "accepting a call event", func(tx *gorm.DB) (err error) {
		c := s.newConversion(conversion.KindCall, in.SiteID, in.Source, in.ExternalID, in.WorkflowID)
		var first bool
		if accepted, first, err = s.acceptFirstEvent(tx, c, in); err != nil || first {
			return err
		}
		accepted, err = s.acceptLaterEvent(tx, c, in)
		return err
	})
	return accepted, err
}

// acceptFirstEvent stores a call with its first event and reports whether it did. It
// does not if the call is known, or has to be.
func (s *Store) acceptFirstEvent(tx *gorm.DB, c Conversion, in CallEvent) (accepted Accepted, first bool, err error) {
	if in.OnlyIfKnown {
		return accepted, false, nil
	}
	reported := []conversion.CallEvent{in.Event}
	c.apply(conversion.FoldCall(reported))
	if first, err = database.InsertOnce(tx, &c); err != nil || !first {
		return accepted, false, err
	}
	matches, err := s.matchVisits(tx, c, reported)
	if err != nil {
		return accepted, true, err
	}
	event := s.callEventOf(c, in)
	if matches == (visitMatches{}) {
		counted, late := conversion.FoldCall(reported).TagsAtEnd()
		accepted, err = s.signal(tx, c, string(in.Event.Type), in.Trace, append(tagsAndVisit(c, counted, late), database.Insert(&event))...)
		return accepted, true, err
	}
	if err := tx.Create(&event).Error; err != nil {
		return accepted, true, err
	}
	folded, err := s.refoldWith(tx, &c, foldedEvents{reported: reported}, matches)
	if err != nil {
		return accepted, true, err
	}
	accepted, err = s.signal(tx, c, string(in.Event.Type), in.Trace, folded...)
	return accepted, true, err
}

// acceptLaterEvent stores an event of a call that is known. The lock on the call makes
// events and decisions follow each other.
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
	if event.Late {
		if err := roomForEvent(tx, c.ID); err != nil {
			return Accepted{}, err
		}
		tags := conversion.FoldCall([]conversion.CallEvent{in.Event}).Tags
		return Accepted{ConversionID: c.ID, Late: true}, database.Together(tx, append(addingTags(c, nil, tags), figures.Marking(c.SiteID, c.ID))...)
	}
	folded, err := s.refold(tx, &c, in.Event.ID)
	if err != nil {
		return Accepted{}, err
	}
	return s.signal(tx, c, string(in.Event.Type), in.Trace, folded...)
}

// roomForEvent returns ErrTooManyEvents if the late event that was just inserted is one too
// many. The others are counted where they are folded.
func roomForEvent(tx *gorm.DB, conversionID string) error {
	var events int64
	err := tx.Model(&EventRow{}).Where("conversion_id = ? AND event_id NOT IN ?", conversionID, ownEvents).Count(&events).Error
	if err == nil && events > MaxEvents {
		return ErrTooManyEvents
	}
	return err
}

// foldedEvents are the events of a call that are stored, without late ones.
type foldedEvents struct {
	reported []conversion.CallEvent
	matches  map[string]*conversion.CallEvent // Ringback's own, by their ids
	hadTags  bool                             // the events before the newest one had tags
}

// refold folds all events of a call again, after one was inserted: an event that is out of
// order changes the facts of those before it, and the session that the call belongs to. It
// returns the changes that store the call and what was reported with it.
func (s *Store) refold(tx *gorm.DB, c *Conversion, newest string) ([]database.Change, error) {
	stored, err := readEvents(tx, c.ID, newest)
	if err != nil {
		return nil, err
	}
	if len(stored.reported) > MaxEvents {
		return nil, ErrTooManyEvents
	}
	matches, err := s.matchVisits(tx, *c, stored.reported)
	if err != nil {
		return nil, err
	}
	return s.refoldWith(tx, c, stored, matches)
}

func readEvents(tx *gorm.DB, conversionID, newest string) (stored foldedEvents, err error) {
	var rows []EventRow
	err = tx.Select("event_id", "call").Where("conversion_id = ? AND NOT late", conversionID).Order("seq").Find(&rows).Error
	if err != nil {
		return stored, fmt.Errorf("reading the call's events: %w", err)
	}
	stored.matches = map[string]*conversion.CallEvent{}
	var before []conversion.CallEvent
	for _, row := range rows {
		if row.EventID != newest {
			before = append(before, *row.Call)
		}
		if slices.Contains(ownEvents, row.EventID) {
			stored.matches[row.EventID] = row.Call
		} else {
			stored.reported = append(stored.reported, *row.Call)
		}
	}
	stored.hadTags = len(conversion.FoldCall(before).Tags) > 0
	return stored, nil
}

// refoldWith folds the reported events of a call together with those of its visit's matches.
func (s *Store) refoldWith(tx *gorm.DB, c *Conversion, stored foldedEvents, matches visitMatches) ([]database.Change, error) {
	if err := s.storeMatches(tx, *c, stored.matches, matches); err != nil {
		return nil, err
	}
	call := conversion.FoldCall(matches.with(stored.reported))
	hadTraffic := c.Traffic != nil
	c.apply(call)
	if stored.hadTags || len(stored.matches) > 0 { // the number before may have had other tags
		if err := tx.Where("conversion_id = ?", c.ID).Delete(&ConversionTag{}).Error; err != nil {
			return nil, fmt.Errorf("replacing the call's tags: %w", err)
		}
	}
	if hadTraffic && c.Traffic == nil { // it was the traffic of another number
		if err := deleteInlineVisit(tx, *c); err != nil {
			return nil, err
		}
	}
	if err := s.linkCaller(tx, c.SiteID, call, matches); err != nil {
		return nil, err
	}
	counted, late := call.TagsAtEnd()
	return append(tagsAndVisit(*c, counted, late), storing(*c)), nil
}

// storing returns the change that stores a call again.
func storing(c Conversion) database.Change {
	return func(tx *gorm.DB) *gorm.DB { return tx.Select("*").Updates(&c) }
}

// apply sets the facts of a call to those that its events fold to. That it counts as unique
// before its end was decided for the caller who was known then.
func (c *Conversion) apply(call conversion.Call) {
	if c.Person != call.Caller {
		c.Unique = nil
	}
	c.At, c.Person, c.Phone, c.Anonymous = call.At(), call.Caller, call.Caller, call.Anonymous
	c.Name, c.TrackingNumber, c.Extension = call.CallerName, call.TrackingNumber, call.Extension
	c.SessionID, c.VisitorIDs, c.Traffic = call.SessionID, call.VisitorIDs, call.Traffic
	c.AnsweredAt, c.EndedAt = timeOrNil(call.AnsweredAt), timeOrNil(call.EndedAt)
	c.Outcome, c.TalkSeconds, c.WaitSeconds = call.Outcome, call.TalkSeconds, call.WaitSeconds
}

func (s *Store) callEventOf(c Conversion, in CallEvent) EventRow {
	event := s.eventOf(c, in.Event.ID, string(in.Event.Type), in.Event.At, in.Raw)
	event.Call, event.Reporter = &in.Event, in.Reporter
	return event
}
