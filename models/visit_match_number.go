package models

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/conversion"
	"ringback/models/tracking"
	"ringback/visits"
)

// visitMatch is a match of a call with a visit: by the number that was called (M10),
// or by a third party's visitor id that was reported with the call (M4).
type visitMatch struct {
	event     conversion.CallEvent // links the call to its visit
	visitorID string               // the visitor of the visit, empty unless that is certain
}

// matchByNumber matches a call with a visit by the number that was called, as of the
// start of the call: the session that had the number, or the traffic and the tags of
// the number. It returns nil if the number is not one of the site's. While the start
// is not known, the earliest time known of the call is used.
//
// If the stored number cannot be read, the call is accepted without the match.
func (s *Store) matchByNumber(tx *gorm.DB, c Conversion, call conversion.Call) (*visitMatch, error) {
	if call.TrackingNumber == "" {
		return nil, nil
	}
	n, err := tracking.NumberAt(tx, c.SiteID, call.TrackingNumber, call.At())
	switch {
	case unreadable(err):
		s.logger.LogAttrs(tx.Statement.Context, slog.LevelError, "number.unreadable", slog.String("site", c.SiteID))
		return nil, nil
	case err != nil || n == nil:
		return nil, err
	}
	holder, held, err := holderOf(tx, *n, call, c.CreatedAt)
	if err != nil {
		return nil, err
	}
	m := visitMatch{event: linkedBy(*n, call.At())}
	if held {
		m.heldBy(holder)
	} else if n.PoolID == "" {
		m.event.Traffic = n.Traffic
	}
	return &m, nil
}

// unreadable reports whether an error means that a row exists and holds something that
// cannot be decoded.
func unreadable(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind)
}

// linkedBy returns the event that links a call to a number. It has the number's tags,
// which are on the call from its start.
func linkedBy(n tracking.Number, at time.Time) conversion.CallEvent {
	e := conversion.CallEvent{
		ID: conversion.NumberEventID, Type: conversion.EventLinked, At: at, TrackingNumber: n.Number, Tags: n.Tags,
		Number: &conversion.NumberMatch{NumberID: n.ID, PoolID: n.PoolID},
	}
	if len(n.Tags) > 0 {
		e.TagOrigin = conversion.TagByNumber
	}
	return e
}

// heldBy sets the session that the number means.
func (m *visitMatch) heldBy(h visits.Holder) {
	m.event.SessionID = h.Hold.SessionID
	match := m.event.Number
	match.AssignmentID, match.Certainty = h.Hold.AssignmentID, h.Certainty
	match.Ambiguous, match.Candidates = h.Ambiguous, h.Candidates
	m.visitorID = h.CertainVisitor()
}

// with returns the events of a call and the one of the match.
func (m *visitMatch) with(reported []conversion.CallEvent) []conversion.CallEvent {
	if m == nil {
		return reported
	}
	return append(slices.Clone(reported), m.event)
}

// visitorOf returns the visitor whose visit a call belongs to, empty while that may
// still change: it is settled once the start of the call is known.
func (m *visitMatch) visitorOf(call conversion.Call) string {
	if m == nil || call.StartedAt.IsZero() || call.SessionID != m.event.SessionID {
		return ""
	}
	return m.visitorID
}

// storeMatch stores the event of a match beside those that were reported, in place of
// the one with the same id that was stored before.
func (s *Store) storeMatch(tx *gorm.DB, c Conversion, id string, before *conversion.CallEvent, m *visitMatch) error {
	if m == nil {
		if before == nil {
			return nil
		}
		return tx.Where("conversion_id = ? AND event_id = ?", c.ID, id).Delete(&EventRow{}).Error
	}
	if before != nil && sameJSON(*before, m.event) {
		return nil
	}
	row := s.eventOf(c, m.event.ID, string(m.event.Type), m.event.At, nil)
	row.Call = &m.event
	inPlace := clause.OnConflict{
		Columns:   []clause.Column{{Name: "conversion_id"}, {Name: "event_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"at", "call"}),
	}
	if err := tx.Clauses(inPlace).Create(&row).Error; err != nil {
		return fmt.Errorf("storing %s: %w", m.event.ID, err)
	}
	return nil
}

func sameJSON(a, b any) bool {
	left, errLeft := json.Marshal(a)
	right, errRight := json.Marshal(b)
	return errLeft == nil && errRight == nil && bytes.Equal(left, right)
}
