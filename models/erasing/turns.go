package erasing

import (
	"context"
	"errors"
	"time"
)

// Progress counts how the erasing of what sites keep no longer goes on.
type Progress interface {
	// Expired counts rows that were erased.
	Expired(what string, rows int)
	// ExpiryLag sets how long the oldest of the rows that are left has been due, zero if
	// none is.
	ExpiryLag(what string, lag time.Duration)
}

// Turns erases one kind of what sites keep for a time. The sites take turns, so that a
// large one does not delay the others.
type Turns[S any] struct {
	What  string // as in the settings
	Limit int    // rows of one transaction
	// Erase erases up to Limit rows of a site that are due, the oldest first, in one
	// transaction. It leaves out those before a time: what has been erased still fills the
	// beginning of the index. Mine is false if another process is erasing.
	Erase func(ctx context.Context, site S, from time.Time) (done Piece, mine bool, err error)
}

// Piece is what one transaction has erased.
type Piece struct {
	Rows           int
	Oldest, Newest time.Time     // of these rows, zero if there are none
	Due            time.Duration // how long the oldest had been due
}

// turn is the next piece of a site.
type turn[S any] struct {
	site S
	from time.Time
}

// Run erases all that is due of some sites, of which there may be none. It ends early if
// another process is erasing: what is left is that one's, and mine is false then. An error of
// one site is returned after the others have had their turns.
func (t Turns[S]) Run(ctx context.Context, sites []S, progress Progress) (mine bool, err error) {
	next := make([]turn[S], len(sites))
	for i, site := range sites {
		next[i].site = site
	}
	var errs []error
	progress.Expired(t.What, 0) // it is counted from the first look on
	for first := true; first || len(next) > 0; first = false {
		var unfinished []turn[S]
		var lag time.Duration
		for _, x := range next {
			done, mine, err := t.Erase(ctx, x.site, x.from)
			if !mine || ctx.Err() != nil {
				return mine, errors.Join(append(errs, err)...)
			}
			progress.Expired(t.What, done.Rows)
			lag = max(lag, done.Due)
			if err != nil {
				errs = append(errs, err)
			} else if done.Rows == t.Limit {
				unfinished = append(unfinished, turn[S]{x.site, done.Newest})
			}
		}
		if len(unfinished) == 0 && len(errs) == 0 {
			lag = 0
		}
		progress.ExpiryLag(t.What, lag)
		next = unfinished
	}
	return true, errors.Join(errs...)
}
