package journeys

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/models/journeys/graph"
)

// replaced is what a write changed.
type replaced struct {
	people map[string]bool // whose touchpoints changed
	days   map[string]bool // on which touchpoints or calls changed
}

// row is a row of figures with a key.
type row interface {
	key() string
	// meaning returns the row without what differs although it says the same.
	meaning() any
}

func (t Touchpoint) key() string { return t.ID }
func (c Call) key() string       { return c.ID }
func (c Credit) key() string     { return c.Model + "/" + c.TouchpointID }

func (t Touchpoint) meaning() any {
	t.UpdatedAt, t.At = time.Time{}, t.At.UTC()
	return t
}

func (c Call) meaning() any {
	c.UpdatedAt = time.Time{}
	return c
}

func (c Credit) meaning() any {
	c.UpdatedAt = time.Time{}
	return c
}

// difference is which rows have to be written so that those which are stored become those
// which are wanted. Rows that say the same stay as they are. Before are the changed rows as
// they are stored.
type difference[R row] struct{ gone, before, changed, added []R }

// all returns all rows that differ, as they are stored and as they are wanted.
func (d difference[R]) all() []R { return slices.Concat(d.gone, d.before, d.changed, d.added) }

func differenceOf[R row](stored, wanted []R) (difference[R], error) {
	var d difference[R]
	before := map[string]R{}
	for _, r := range stored {
		before[r.key()] = r
	}
	for _, r := range wanted {
		old, known := before[r.key()]
		delete(before, r.key())
		same, err := equal(old, r)
		switch {
		case err != nil:
			return d, err
		case !known:
			d.added = append(d.added, r)
		case !same:
			d.before, d.changed = append(d.before, old), append(d.changed, r)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(before)) {
		d.gone = append(d.gone, before[key])
	}
	return d, nil
}

// equal reports whether two rows say the same. They are compared as they are stored.
func equal(a, b row) (bool, error) {
	first, err := json.Marshal(a.meaning())
	if err != nil {
		return false, fmt.Errorf("comparing rows: %w", err)
	}
	second, err := json.Marshal(b.meaning())
	if err != nil {
		return false, fmt.Errorf("comparing rows: %w", err)
	}
	return string(first) == string(second), nil
}

// writeBatch is how many rows one statement inserts. PostgreSQL takes 65,535 parameters.
const writeBatch = 100

// write stores a difference.
func (d difference[R]) write(tx *gorm.DB) error {
	for _, r := range d.gone {
		if err := tx.Delete(&r).Error; err != nil {
			return fmt.Errorf("removing figures: %w", err)
		}
	}
	for _, r := range d.changed {
		if err := tx.Select("*").Updates(&r).Error; err != nil {
			return fmt.Errorf("changing figures: %w", err)
		}
	}
	if len(d.added) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(&d.added, writeBatch).Error; err != nil {
		return fmt.Errorf("storing figures: %w", err)
	}
	return nil
}

// replace stores the figures of a group in place of those before.
func (p plan) replace(tx *gorm.DB, g *graph.Group, f figures) (replaced, error) {
	done := replaced{people: map[string]bool{}, days: map[string]bool{}}
	stored, err := p.stored(tx, g, f.touchpoints)
	if err != nil {
		return done, fmt.Errorf("reading touchpoints: %w", err)
	}
	var storedCalls []Call
	ids := append(slices.Clone(g.Refs(graph.KindConversion)), g.Refs(graph.KindTask)...)
	err = tx.Where("site_id = ? AND generation = ? AND id IN ?", p.SiteID, p.Number, ids).Find(&storedCalls).Error
	if err != nil {
		return done, fmt.Errorf("reading what became of calls: %w", err)
	}
	if g.IsPart() {
		if stored, f.touchpoints, err = (part{g}).touchpoints(tx, stored, f); err != nil {
			return done, err
		}
		storedCalls, f.calls = (part{g}).calls(storedCalls, f.calls)
	}
	touches, err := differenceOf(stored, f.touchpoints)
	if err != nil {
		return done, err
	}
	for _, t := range touches.all() {
		done.people[t.PersonID], done.days[t.Day] = true, true
	}
	if err := touches.write(tx); err != nil {
		return done, err
	}
	calls, err := differenceOf(storedCalls, f.calls)
	if err != nil {
		return done, err
	}
	for _, c := range calls.all() {
		done.days[c.Day] = true
	}
	return done, calls.write(tx)
}
