package audit

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
)

// Setting is a row of settings whose changes are recorded in the audit trail.
type Setting[Row any] interface {
	*Row
	// Audited returns the fields whose changes are recorded, without secrets.
	Audited() map[string]json.RawMessage
	// KeepFixed restores what a change must not set: ids, owners and times.
	KeepFixed(before Row)
	// Touch sets when the row was last changed.
	Touch(now time.Time)
}

// secretive is a setting with secrets, whose changes are recorded without their
// values.
type secretive[Row any] interface {
	// CloneSecrets copies the secrets, so that a change in place alters a copy.
	CloneSecrets()
	// DiffSecrets adds which secrets have changed.
	DiffSecrets(before Row, changes map[string]Change)
}

// Update is how a setting is changed in one transaction.
type Update[Row any] struct {
	Doing string                                                                     // for errors, as in "updating a site"
	Lock  func(tx *gorm.DB) (Row, error)                                             // reads and locks the row
	Save  func(tx *gorm.DB, before Row, after *Row, changes map[string]Change) error // stores the row and the audit entry
}

// UpdateSetting changes a setting and returns it as it is stored. An error of change
// is returned, and nothing is stored then. A change that changes nothing stores
// nothing either.
func UpdateSetting[Row any, P Setting[Row]](ctx context.Context, db *database.DB, u Update[Row], change func(*Row) error) (Row, error) {
	var row Row
	err := db.Tx(ctx, u.Doing, func(tx *gorm.DB) error {
		before, err := u.Lock(tx)
		if err != nil {
			return err
		}
		row, err = UpdateLocked[Row, P](db, tx, before, u, change)
		return err
	})
	return row, err
}

// UpdateLocked is UpdateSetting for a row that the transaction has locked.
func UpdateLocked[Row any, P Setting[Row]](db *database.DB, tx *gorm.DB, before Row, u Update[Row], change func(*Row) error) (Row, error) {
	after, was := before, P(&before).Audited()
	secrets, hasSecrets := any(&after).(secretive[Row])
	if hasSecrets {
		secrets.CloneSecrets()
	}
	if err := change(&after); err != nil {
		return before, err
	}
	P(&after).KeepFixed(before)
	changes := DiffFields(was, P(&after).Audited())
	if hasSecrets {
		secrets.DiffSecrets(before, changes)
	}
	if len(changes) == 0 {
		return before, nil
	}
	P(&after).Touch(db.Now())
	if err := u.Save(tx, before, &after, changes); err != nil {
		return before, err
	}
	return after, nil
}
