package models

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"
)

// setting is a row of settings whose changes are recorded in the audit trail.
type setting[Row any] interface {
	*Row
	// audited returns the fields whose changes are recorded, without secrets.
	audited() map[string]json.RawMessage
	// keepFixed restores what a change must not set: ids, owners and times.
	keepFixed(before Row)
	// touch sets when the row was last changed.
	touch(now time.Time)
}

// secretive is a setting with secrets, whose changes are recorded without their
// values.
type secretive[Row any] interface {
	// cloneSecrets copies the secrets, so that a change in place alters a copy.
	cloneSecrets()
	// diffSecrets adds which secrets have changed.
	diffSecrets(before Row, changes map[string]Change)
}

// update is how a setting is changed in one transaction.
type update[Row any] struct {
	doing string                                                                     // for errors, as in "updating a site"
	lock  func(tx *gorm.DB) (Row, error)                                             // reads and locks the row
	save  func(tx *gorm.DB, before Row, after *Row, changes map[string]Change) error // stores the row and the audit entry
}

// updateSetting changes a setting and returns it as it is stored. An error of change
// is returned, and nothing is stored then. A change that changes nothing stores
// nothing either.
func updateSetting[Row any, P setting[Row]](ctx context.Context, s *Store, u update[Row], change func(*Row) error) (Row, error) {
	var row Row
	err := s.db.Tx(ctx, u.doing, func(tx *gorm.DB) error {
		before, err := u.lock(tx)
		if err != nil {
			return err
		}
		row, err = changeLocked[Row, P](s, tx, before, u, change)
		return err
	})
	return row, err
}

// changeLocked is updateSetting for a row that the transaction has locked.
func changeLocked[Row any, P setting[Row]](s *Store, tx *gorm.DB, before Row, u update[Row], change func(*Row) error) (Row, error) {
	after, was := before, P(&before).audited()
	secrets, hasSecrets := any(&after).(secretive[Row])
	if hasSecrets {
		secrets.cloneSecrets()
	}
	if err := change(&after); err != nil {
		return before, err
	}
	P(&after).keepFixed(before)
	changes := diffFields(was, P(&after).audited())
	if hasSecrets {
		secrets.diffSecrets(before, changes)
	}
	if len(changes) == 0 {
		return before, nil
	}
	P(&after).touch(s.db.Now())
	if err := u.save(tx, before, &after, changes); err != nil {
		return before, err
	}
	return after, nil
}
