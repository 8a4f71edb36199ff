package reconciliations

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"ringback/internal/paging"
	"ringback/internal/sourcestatus"
	"ringback/models/database"
)

// ErrOvertaken is returned to a run after another one has begun: it may store nothing
// any more.
var ErrOvertaken = errors.New("another run reconciles this source now")

// Beginning is what a run begins with.
type Beginning struct {
	SiteID, Source string
	// Account is that of the provider whose calls are listed, with what else makes the
	// reconciliation begin anew when it changes. Empty means that nothing is listed.
	Account string
	// Keep is set if Account is not known now. The account is the one before, and no
	// round begins.
	Keep    bool
	Since   time.Time     // from when on calls are taken; zero means from now on
	Overlap time.Duration // how long before the end of the last round the next one begins
	Alive   time.Duration // how long the run may take until it stores something
}

// BeginReconciliation begins a run, and a round if the last one was read to its end. Any earlier
// run is overtaken.
func (r *Reconciliations) BeginReconciliation(ctx context.Context, b Beginning) (Reconciliation, error) {
	var row Reconciliation
	err := r.db.Tx(ctx, "beginning a reconciliation", func(tx *gorm.DB) error {
		now := r.db.Now()
		fresh := Reconciliation{SiteID: b.SiteID, Source: b.Source, State: Waiting, UpdatedAt: now}
		if _, err := database.InsertOnce(tx, &fresh); err != nil {
			return err
		}
		if err := ofSource(database.Locked(tx), b.SiteID, b.Source).Take(&row).Error; err != nil {
			return err
		}
		if !b.Keep {
			row.beginRound(b, now)
		}
		row.State, row.BeganAt, row.NextAt, row.UpdatedAt = Running, &now, new(now.Add(b.Alive)), now
		row.Run++
		return tx.Select("*").Updates(&row).Error
	})
	return row, err
}

// beginRound begins a round unless one is being read. Another account begins anew.
func (r *Reconciliation) beginRound(b Beginning, now time.Time) {
	if r.Account != b.Account {
		since := now
		if !b.Since.IsZero() {
			since = database.Timestamp(b.Since)
		}
		r.Account, r.Since, r.ListedUntil = b.Account, &since, &since
		r.RoundFrom, r.RoundTo, r.DoneAt, r.Failures = nil, nil, nil, 0
	}
	if b.Account == "" || r.RoundFrom != nil {
		return
	}
	from := r.ListedUntil.Add(-b.Overlap)
	if from.Before(*r.Since) {
		from = *r.Since
	}
	r.RoundFrom, r.RoundTo, r.Place, r.PageUnknown = &from, &now, paging.Place{}, 0
}

// locked changes the row if the run may still store anything.
func (r *Reconciliations) locked(ctx context.Context, doing string, run *Reconciliation, change func(*Reconciliation)) error {
	return r.db.Tx(ctx, doing, func(tx *gorm.DB) error {
		current, err := database.First[Reconciliation](ofSource(database.Locked(tx), run.SiteID, run.Source).Where("run = ?", run.Run))
		switch {
		case err != nil:
			return err
		case current == nil:
			return ErrOvertaken
		}
		change(current)
		current.UpdatedAt = r.db.Now()
		if err := tx.Select("*").Updates(current).Error; err != nil {
			return err
		}
		*run = *current
		return nil
	})
}

// CountListRequest counts a request to the provider, before it is made. It returns how long
// to wait before the request if more than limit were made within a minute, and counts
// nothing then.
func (r *Reconciliations) CountListRequest(ctx context.Context, run *Reconciliation, limit int) (wait time.Duration, err error) {
	err = r.locked(ctx, "counting a request", run, func(row *Reconciliation) {
		now := r.db.Now()
		if row.MinuteBeganAt == nil || !now.Before(row.MinuteBeganAt.Add(time.Minute)) {
			row.MinuteBeganAt, row.Requests = &now, 0
		}
		if row.Requests >= limit {
			wait = row.MinuteBeganAt.Add(time.Minute).Sub(now)
			return
		}
		row.Requests++
	})
	return wait, err
}

// PlanListedPage stores how many calls of the next page are not known, before they are stored.
// If the process is killed, they are known when the page is read again, and still count
// as found.
func (r *Reconciliations) PlanListedPage(ctx context.Context, run *Reconciliation, unknown int) error {
	if unknown <= run.PageUnknown {
		return nil
	}
	return r.locked(ctx, "planning a page", run, func(row *Reconciliation) { row.PageUnknown = unknown })
}

// Page is what came of a page of the list.
type Page struct {
	Read      paging.Page
	Found     int // beside the calls that were planned
	Completed int
	Alive     time.Duration // as in Beginning
}

// StoreListedPage stores that a page was read, and how far the list has been read by it.
func (r *Reconciliations) StoreListedPage(ctx context.Context, run *Reconciliation, p Page) error {
	return r.locked(ctx, "storing a page", run, func(row *Reconciliation) {
		now := r.db.Now()
		row.Listed += int64(len(p.Read.IDs))
		found := row.PageUnknown + p.Found
		row.Found += int64(found)
		row.Completed += int64(p.Completed)
		if found+p.Completed > 0 {
			row.LastFoundAt = &now
		}
		row.PageUnknown, row.Failures, row.NextAt = 0, 0, new(now.Add(p.Alive))
		row.turnPage(p.Read, now)
	})
}

// turnPage moves on to the next page, or ends the round.
func (r *Reconciliation) turnPage(p paging.Page, now time.Time) {
	place, end := r.Place.After(p)
	if r.Place = place; end {
		r.ListedUntil, r.DoneAt = r.RoundTo, &now
		r.RoundFrom, r.RoundTo, r.Place = nil, nil, paging.Place{}
	}
}

// Outcome is how a run ended.
type Outcome struct {
	State   State
	Problem sourcestatus.Problem
	Next    time.Time // when it goes on, zero if it does not
}

// EndReconciliation stores how a run ended.
func (r *Reconciliations) EndReconciliation(ctx context.Context, run *Reconciliation, o Outcome) error {
	return r.locked(ctx, "ending a reconciliation", run, func(row *Reconciliation) {
		row.State, row.Problem, row.NextAt = o.State, o.Problem, nil
		if !o.Next.IsZero() {
			row.NextAt = new(database.Timestamp(o.Next))
		}
		if o.State == Failing || o.State == Paused && !o.Problem.IsZero() {
			row.Failures++
		}
		if o.Problem.Code == sourcestatus.NotFound || o.Problem.Code == sourcestatus.Unexpected {
			row.Place = row.Place.Refused()
		}
	})
}
