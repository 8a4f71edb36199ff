package journeys

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// WorkJourneys computes a part of what has changed in each site, and reports whether more
// is left. Several processes may call it at once: one of them computes a site at a time.
// An error of one site does not keep the others from being computed.
func (j *Journeys) WorkJourneys(ctx context.Context) (more bool, err error) {
	sites, err := j.sitesToCompute(ctx)
	if err != nil {
		return false, err
	}
	var failed []error
	for _, site := range sites {
		left, err := j.compute(ctx, site)
		if err != nil {
			failed = append(failed, fmt.Errorf("computing the journeys of site %s: %w", site, err))
		}
		more = more || left
	}
	err = errors.Join(failed...)
	return more && err == nil, err
}

// sitesToCompute returns the sites that have something to compute: marks, or a generation
// that is being built or removed.
func (j *Journeys) sitesToCompute(ctx context.Context) ([]string, error) {
	var marked, building []string
	err := j.db.Read(ctx).Model(&Mark{}).Distinct("site_id").Where("kind IN ?", ComputedKinds()).Order("site_id").Pluck("site_id", &marked).Error
	if err == nil {
		err = j.db.Read(ctx).Model(&Generation{}).Distinct("site_id").Where("state <> 'serving'").Order("site_id").Pluck("site_id", &building).Error
	}
	sites := append(marked, building...)
	slices.Sort(sites)
	return slices.Compact(sites), j.db.WrapErr("looking for what has changed", err)
}
