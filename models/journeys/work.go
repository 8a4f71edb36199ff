package journeys

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// rounds is how many parts of each site are computed before it is asked again which sites have
// marks, because that reads all marks.
const rounds = 10

// WorkJourneys computes some parts of what has changed in each site, and reports whether more
// is left. Several processes may call it at once: one of them computes a site at a time.
// What cannot be computed is logged, counted and put off. An error of one site, such as of
// the database, does not keep the others from being computed. New generations of figures
// are built by Rebuild.
func (j *Journeys) WorkJourneys(ctx context.Context) (more bool, err error) {
	sites, err := j.sitesToCompute(ctx)
	if err != nil {
		return false, err
	}
	var failed []error
	for round := 0; round < rounds && len(sites) > 0 && ctx.Err() == nil; round++ {
		sites = slices.DeleteFunc(sites, func(site string) bool {
			left := false
			err := j.background.Piece(ctx, func() (err error) {
				left, err = j.compute(ctx, site)
				return err
			})
			if err != nil {
				failed = append(failed, fmt.Errorf("computing the journeys of site %s: %w", site, err))
			}
			return !left || err != nil
		})
	}
	err = errors.Join(failed...)
	return len(sites) > 0 && err == nil, err
}

// sitesToCompute returns the sites that have marks to compute.
func (j *Journeys) sitesToCompute(ctx context.Context) ([]string, error) {
	var sites []string
	err := Due(j.db.Read(ctx), j.db.Now()).Distinct("site_id").Order("site_id").Pluck("site_id", &sites).Error
	return sites, j.db.WrapErr("looking for what has changed", err)
}
