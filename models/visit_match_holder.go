package models

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/visits"
)

// holderOf finds the session that a call to the number means. The number may have
// been deleted and added again: who had it before had it all the same. A number
// of its own may have been a pool's before: only who had it as it rang counts then.
func holderOf(tx *gorm.DB, n TrackingNumber, call conversion.Call) (visits.Holder, bool, error) {
	at := call.At()
	var assignments []Assignment
	err := tx.Where("number_id IN (?) AND held_from <= ? AND held_until > ?", n.rows(tx), at, at.Add(-visits.ReleasedReach)).
		Order("held_from, id").Find(&assignments).Error
	if err != nil {
		return visits.Holder{}, false, fmt.Errorf("looking for who had the called number: %w", err)
	}
	callers, err := lastOfCaller(tx, n, call.Caller, at)
	if err != nil {
		return visits.Holder{}, false, err
	}
	holds := make([]visits.Hold, 0, len(assignments)+1)
	for _, a := range assignments {
		holds = append(holds, a.hold())
	}
	for _, a := range callers {
		hold := a.hold()
		hold.Callers = true
		holds = append(holds, hold)
	}
	holder, held := visits.HolderAt(holds, at)
	if n.PoolID == "" && holder.Certainty != conversion.NumberHeld {
		return visits.Holder{}, false, nil
	}
	return holder, held, nil
}

// lastOfCaller finds when a visitor who is known by the caller's phone last had
// the number; none for a caller who is not known as such a visitor. If that is
// not who has the number now, the caller dials it once more from the phone's
// list of calls.
func lastOfCaller(tx *gorm.DB, n TrackingNumber, caller string, at time.Time) ([]Assignment, error) {
	if caller == "" {
		return nil, nil
	}
	person := tx.Model(&PersonKey{}).Select("person_id").Where("site_id = ? AND key = ?", n.SiteID, identity.PhoneKey(caller))
	visitors := tx.Model(&PersonKey{}).Select("substr(key, ?)", len(identity.VisitorKeys)+1).
		Where("site_id = ? AND person_id IN (?) AND key LIKE ?", n.SiteID, person, identity.VisitorKeys+"%")
	var last []Assignment
	err := tx.Where("site_id = ? AND number_id IN (?) AND visitor_id IN (?)", n.SiteID, n.rows(tx), visitors).
		Where("held_from <= ? AND held_from > ?", at, at.Add(-visits.RedialReach)).
		Order("held_from DESC, id DESC").Limit(1).Find(&last).Error
	if err != nil {
		return nil, fmt.Errorf("looking for what the caller is known to have been shown: %w", err)
	}
	return last, nil
}

// rows are the ids of all that the site ever stored of the number, deleted or not.
func (n TrackingNumber) rows(tx *gorm.DB) *gorm.DB {
	return tx.Model(&TrackingNumber{}).Select("id").Where("site_id = ? AND number = ?", n.SiteID, n.Number)
}

func (a Assignment) hold() visits.Hold {
	return visits.Hold{AssignmentID: a.ID, SessionID: a.SessionID, VisitorID: a.VisitorID, From: a.From, Until: a.Until}
}
