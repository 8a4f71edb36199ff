package readings

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/internal/delivery"
	"ringback/models/database"
)

// ErrOvertaken is returned to a run after another one has begun, or after the integration
// was deleted: it may store nothing any more.
var ErrOvertaken = errors.New("another run reads this CRM now")

// Run is one run of a reading, by one worker.
type Run struct {
	Reading Reading
	Objects []Object // in the order in which they were asked for
}

// BeginRun begins a run. Any earlier run is overtaken. If the key is another one than
// before, everything is read again; an empty key is that of before. Alive is how long it
// may take until the run stores something.
func (r *Readings) BeginRun(ctx context.Context, siteID, integrationID, key string, objects []string, alive time.Duration) (Run, error) {
	var run Run
	err := r.db.Tx(ctx, "beginning to read a CRM", func(tx *gorm.DB) error {
		now := r.db.Now()
		fresh := Reading{IntegrationID: integrationID, SiteID: siteID, State: Waiting, UpdatedAt: now}
		if _, err := database.InsertOnce(tx, &fresh); err != nil {
			return err
		}
		if err := database.Locked(tx).Where("integration_id = ?", integrationID).Take(&run.Reading).Error; err != nil {
			return err
		}
		reading := &run.Reading
		if key != "" && reading.Key != key {
			if err := tx.Where("integration_id = ?", integrationID).Delete(&Object{}).Error; err != nil {
				return err
			}
			reading.Key, reading.ReadAt = key, nil
		}
		reading.State, reading.BeganAt, reading.NextAt = Running, &now, new(now.Add(alive))
		reading.Run++
		reading.UpdatedAt = now
		if err := tx.Select("*").Updates(reading).Error; err != nil {
			return err
		}
		var err error
		run.Objects, err = objectsOf(tx, integrationID, objects)
		return err
	})
	return run, err
}

// objectsOf returns the objects of a reading, new ones too.
func objectsOf(tx *gorm.DB, integrationID string, names []string) ([]Object, error) {
	var known []Object
	if err := tx.Where("integration_id = ?", integrationID).Find(&known).Error; err != nil {
		return nil, err
	}
	objects := make([]Object, 0, len(names))
	for _, name := range names {
		object := Object{IntegrationID: integrationID, Object: name}
		if i := slices.IndexFunc(known, func(o Object) bool { return o.Object == name }); i >= 0 {
			object = known[i]
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// locked runs f in a transaction if the run may still store anything, and stores the
// reading.
func (r *Readings) locked(ctx context.Context, doing string, run *Run, f func(tx *gorm.DB, reading *Reading) error) error {
	return r.db.Tx(ctx, doing, func(tx *gorm.DB) error {
		current, err := database.First[Reading](database.Locked(tx).Where("integration_id = ? AND run = ?", run.Reading.IntegrationID, run.Reading.Run))
		if err != nil {
			return err
		}
		if current == nil {
			return ErrOvertaken
		}
		if err := f(tx, current); err != nil {
			return err
		}
		current.UpdatedAt = r.db.Now()
		if err := tx.Select("*").Updates(current).Error; err != nil {
			return err
		}
		run.Reading = *current
		return nil
	})
}

// EndObject stores how the reading of an object ended in a run that began at began: at
// the end of what has changed, or with a reason.
func (r *Readings) EndObject(ctx context.Context, run *Run, object *Object, began time.Time, reason delivery.Reason) error {
	ended := *object
	now := r.db.Now()
	ended.Reason, ended.Complete = reason, reason.IsZero()
	if ended.Complete {
		ended.ReadAt = &now
		ended.Settled = ended.AdvancedAt != nil && !began.Before(ended.AdvancedAt.Add(settling))
	}
	err := r.locked(ctx, "ending an object", run, func(tx *gorm.DB, _ *Reading) error { return saveObject(tx, ended) })
	if err == nil {
		*object = ended
	}
	return err
}

func saveObject(tx *gorm.DB, o Object) error { return tx.Save(&o).Error }

// Outcome is how a run ended.
type Outcome struct {
	State  State
	Reason delivery.Reason
	// Next is when the reading goes on, zero if it does not.
	Next time.Time
}

// EndRun stores how a run ended.
func (r *Readings) EndRun(ctx context.Context, run *Run, o Outcome) error {
	return r.locked(ctx, "ending the reading of a CRM", run, func(_ *gorm.DB, reading *Reading) error {
		reading.State, reading.Reason, reading.NextAt = o.State, o.Reason, nil
		if !o.Next.IsZero() {
			reading.NextAt = new(database.Timestamp(o.Next))
		}
		switch o.State {
		case Done:
			reading.ReadAt, reading.Failures = new(r.db.Now()), 0
		case Running:
			reading.Failures = 0
		case Failing:
			reading.Failures++
		default:
		}
		return nil
	})
}
