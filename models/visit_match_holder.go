package models

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/visits"
)

// holderOf returns the session that a call to the number means. The number may have
// been deleted and added again, or moved out of its pool: its earlier assignments
// count all the same. The call was first reported at the given time.
func holderOf(tx *gorm.DB, n tracking.Number, call conversion.Call, reported time.Time) (visits.Holder, bool, error) {
	at := visits.CalledAt(call.At(), reported)
	var assignments []tracking.Assignment
	err := tx.Where("number_id IN (?) AND held_from <= ? AND held_until > ?", n.EveryRow(tx), at.Add(visits.ClockSkew), at.Add(-visits.ReleasedReach)).
		Order("held_from, id").Find(&assignments).Error
	if err != nil {
		return visits.Holder{}, false, fmt.Errorf("reading who had the called number: %w", err)
	}
	callers, err := lastOfCaller(tx, n, call.Caller, at)
	if err != nil {
		return visits.Holder{}, false, err
	}
	holds := make([]visits.Hold, 0, len(assignments)+1)
	for _, a := range assignments {
		holds = append(holds, a.Hold())
	}
	for _, a := range callers {
		hold := a.Hold()
		hold.Callers = true
		holds = append(holds, hold)
	}
	if n.PoolID == "" {
		holder, found := visits.OwnHolderAt(holds, at, reported)
		return holder, found, nil
	}
	holder, found := visits.HolderAt(holds, at, reported)
	return holder, found, nil
}

// lastOfCaller returns the last assignment of the number to a visitor who is known
// by the caller's phone, at most one. If another visitor has the number now, the
// caller may be dialling it again from the phone's list of calls.
func lastOfCaller(tx *gorm.DB, n tracking.Number, caller string, at time.Time) ([]tracking.Assignment, error) {
	if caller == "" {
		return nil, nil
	}
	var last []tracking.Assignment
	err := tx.Where("site_id = ? AND number_id IN (?) AND visitor_id IN (?)", n.SiteID, n.EveryRow(tx), visitors.OfCaller(tx, n.SiteID, caller)).
		Where("held_from <= ? AND held_from > ?", at, at.Add(-visits.RedialReach)).
		Order("held_from DESC, id DESC").Limit(1).Find(&last).Error
	if err != nil {
		return nil, fmt.Errorf("reading when the caller had the called number: %w", err)
	}
	return last, nil
}
