package journeys

import (
	"cmp"
	"context"
	"reflect"
	"time"

	"gorm.io/gorm"

	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/touchpoints"
)

// Task is the Task of a call in the owner's CRM, as it was last read.
type Task struct {
	ID           string `gorm:"primaryKey"`
	SiteID       string
	ExternalID   string     // the CRM's id, once in a site
	ConversionID string     // the call that it was made for, empty if it is not one of Ringback's
	Person       string     // the CRM's id of the lead or contact that it is about, empty if nobody
	Type         string     // empty if nobody has filled it in
	BizibleID    string     // empty if it has none
	At           *time.Time // the start of the call, nil if not known
	DateOnly     bool       // At is a day without a time of day
	Deleted      bool
	ModifiedAt   *time.Time // by the CRM's clock, nil if not known
	CreatedAt    time.Time
	UpdatedAt    time.Time // of the last change of what was read
}

// TableName returns the name of the table.
func (Task) TableName() string { return "crm_tasks" }

// marks returns what a Task concerns.
func (t Task) marks() []Mark {
	return []Mark{
		{Kind: MarkTask, Ref: t.ID}, {Kind: MarkConversion, Ref: t.ConversionID},
		{Kind: MarkPerson, Ref: t.Person}, {Kind: MarkBrowser, Ref: t.BizibleID},
	}
}

// stored returns the Task with its times as the databases keep them, and its BizibleId in
// the form in which it is looked up. One that identifies no browser stays as it was read.
func (t Task) stored() Task {
	t.BizibleID = cmp.Or(touchpoints.Browser(t.BizibleID), t.BizibleID)
	for _, at := range []**time.Time{&t.At, &t.ModifiedAt} {
		if *at != nil {
			*at = new(database.Timestamp(**at))
		}
	}
	return t
}

// PutTasks stores Tasks of a site as they are read now. The same external id is the same
// Task, however often it is read (G2). A reading that is older than the stored one by
// ModifiedAt changes nothing, and neither does one that is equal to it. It returns how
// many changed. Whom a Task was about before and whom it is about now are computed again.
func (j *Journeys) PutTasks(ctx context.Context, accountID, siteID string, tasks []Task) (changed int, err error) {
	if err := database.CheckStorable(tasks); err != nil {
		return 0, err
	}
	err = j.db.Tx(ctx, "storing Tasks", func(tx *gorm.DB) error {
		if err := ownership.CheckSite(tx, accountID, siteID); err != nil {
			return err
		}
		changed, err = StoreTasks(tx, siteID, tasks)
		return err
	})
	return changed, err
}

// StoreTasks is PutTasks within a transaction of the caller, who has checked the site.
func StoreTasks(tx *gorm.DB, siteID string, tasks []Task) (changed int, err error) {
	for _, task := range tasks {
		task.SiteID = siteID
		did, err := putTask(tx, task.stored())
		if err != nil {
			return changed, err
		}
		if did {
			changed++
		}
	}
	return changed, nil
}

func putTask(tx *gorm.DB, task Task) (bool, error) {
	now := tx.NowFunc()
	task.ID, task.CreatedAt, task.UpdatedAt = ids.New(ids.Task), now, now
	isNew, err := database.InsertOnce(tx, &task)
	if err != nil {
		return false, err
	}
	if isNew {
		return true, AddMarks(tx, task.SiteID, task.marks()...)
	}
	var before Task
	err = database.Locked(tx).Where("site_id = ? AND external_id = ?", task.SiteID, task.ExternalID).Take(&before).Error
	if err != nil {
		return false, err
	}
	task.ID, task.CreatedAt, task.UpdatedAt = before.ID, before.CreatedAt, before.UpdatedAt
	if task.isOlderThan(before) || reflect.DeepEqual(task, before) {
		return false, nil
	}
	meaning := task
	meaning.ModifiedAt = before.ModifiedAt
	if reflect.DeepEqual(meaning, before) {
		return false, tx.Select("modified_at").Updates(&task).Error
	}
	task.UpdatedAt = now
	if err := tx.Select("*").Updates(&task).Error; err != nil {
		return false, err
	}
	return true, AddMarks(tx, task.SiteID, append(before.marks(), task.marks()...)...)
}

// isOlderThan reports whether the CRM had changed the Task after this reading.
func (t Task) isOlderThan(other Task) bool {
	return t.ModifiedAt != nil && other.ModifiedAt != nil && t.ModifiedAt.Before(*other.ModifiedAt)
}

// Tasks lists the Tasks of a site, newest first.
func (j *Journeys) Tasks(ctx context.Context, accountID, siteID string, page database.Page) ([]Task, string, error) {
	if err := ownership.CheckSite(j.db.Read(ctx), accountID, siteID); err != nil {
		return nil, "", j.db.WrapErr("listing Tasks", err)
	}
	query := j.db.Read(ctx).Where("site_id = ?", siteID)
	items, next, err := database.PageByID(query, page, func(t Task) string { return t.ID })
	return items, next, j.db.WrapErr("listing Tasks", err)
}
