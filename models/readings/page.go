package readings

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/crm"
	stored "ringback/models/crm"
	"ringback/models/database"
	"ringback/models/journeys"
)

// Page is a part of what was read of one object, in the form in which it is stored.
// Everything has the external ids of the CRM.
type Page struct {
	crm.Page
	People        []stored.Person
	Opportunities []stored.Opportunity
	Tasks         []journeys.Task
	// OtherTasks are Tasks that cannot become touchpoints. They are kept if they could
	// when they were read before.
	OtherTasks []journeys.Task

	GonePeople        []string // who are deleted in the CRM
	GoneOpportunities []string
}

// StorePage stores a page of an object and how far the object has been read, in one
// transaction. A run that another one has overtaken stores nothing. Alive is as in
// BeginRun. It returns how many records have changed.
func (r *Readings) StorePage(ctx context.Context, run *Run, object *Object, page Page, alive time.Duration) (changed int, err error) {
	next := *object
	err = r.locked(ctx, "storing what was read of a CRM", run, func(tx *gorm.DB, reading *Reading) error {
		var deleted int
		if changed, deleted, err = page.store(tx, reading.SiteID); err != nil {
			return err
		}
		now := r.db.Now()
		next = object.after(page.Page, now)
		next.Changes += int64(changed)
		next.Deletions += int64(deleted)
		reading.NextAt = new(now.Add(alive))
		return saveObject(tx, next)
	})
	if err == nil {
		*object = next
	}
	return changed, err
}

// after returns how far the object has been read after a page. A page of what is read
// again because of the overlap does not move it back.
func (o Object) after(page crm.Page, now time.Time) Object {
	o.Records += int64(page.Rows)
	last := database.Timestamp(page.Last.At)
	later := o.ChangedAt == nil || last.After(*o.ChangedAt) || last.Equal(*o.ChangedAt) && page.Last.ID > o.RecordID
	if page.Rows > 0 && later {
		o.ChangedAt, o.RecordID, o.AdvancedAt = &last, page.Last.ID, &now
		o.Settled, o.Complete = false, false
	}
	return o
}

func (p Page) store(tx *gorm.DB, siteID string) (changed, deleted int, err error) {
	tasks, err := p.tasks(tx, siteID)
	if err != nil {
		return 0, 0, err
	}
	for _, step := range []struct {
		count *int
		store func() (int, error)
	}{
		{&changed, func() (int, error) { return stored.PutPeople(tx, siteID, p.People) }},
		{&changed, func() (int, error) { return stored.PutOpportunities(tx, siteID, p.Opportunities) }},
		{&changed, func() (int, error) { return journeys.StoreTasks(tx, siteID, tasks) }},
		{&deleted, func() (int, error) { return stored.DeletePeople(tx, siteID, p.GonePeople) }},
		{&deleted, func() (int, error) { return stored.DeleteOpportunities(tx, siteID, p.GoneOpportunities) }},
	} {
		n, err := step.store()
		if err != nil {
			return 0, 0, err
		}
		*step.count += n
	}
	return changed + deleted, deleted, nil
}

// lookUp is how many Tasks one statement looks up.
const lookUp = 500

// tasks returns the Tasks that are stored: those that can become touchpoints, and those
// that could before.
func (p Page) tasks(tx *gorm.DB, siteID string) ([]journeys.Task, error) {
	tasks := slices.Clone(p.Tasks)
	for some := range slices.Chunk(p.OtherTasks, lookUp) {
		ids := make([]string, 0, len(some))
		for _, task := range some {
			ids = append(ids, task.ExternalID)
		}
		var known []string
		err := tx.Model(&journeys.Task{}).Where("site_id = ? AND external_id IN ?", siteID, ids).Pluck("external_id", &known).Error
		if err != nil {
			return nil, fmt.Errorf("looking up Tasks: %w", err)
		}
		for _, task := range some {
			if slices.Contains(known, task.ExternalID) {
				tasks = append(tasks, task)
			}
		}
	}
	return tasks, nil
}
