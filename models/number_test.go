package models_test

import (
	"errors"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/models/websites"
)

func TestG9_NumbersAndPoolsOfOtherTenantsDoNotExist(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh, other := shopWith(t, s, 1), shopWith(t, s, 1)
		ctx, theirs, mine := t.Context(), modeltest.ActorOf(other.site), modeltest.ActorOf(sh.site)
		number, site, pool := sh.stored(t, poolNumber(0)), sh.site.ID, sh.pool.ID
		unchanged := func() error { return errors.New("must not be asked") }
		for name, attempt := range map[string]func() error{
			"create pool":     func() error { return s.CreatePool(ctx, theirs, &tracking.Pool{SiteID: site}) },
			"read pool":       func() error { _, err := s.Pool(ctx, theirs.AccountID, site, pool); return err },
			"by another site": func() error { _, err := s.Pool(ctx, theirs.AccountID, other.site.ID, pool); return err },
			"list pools":      func() error { _, _, err := s.Pools(ctx, theirs.AccountID, site, models.Page{}); return err },
			"use of pools":    func() error { _, err := s.PoolUse(ctx, theirs.AccountID, site, modeltest.Start); return err },
			"change pool": func() error {
				_, err := s.UpdatePool(ctx, theirs, site, pool, func(*tracking.Pool) error { return unchanged() })
				return err
			},
			"delete pool": func() error { return s.DeletePool(ctx, theirs, site, pool) },
			"create number": func() error {
				return s.CreateNumber(ctx, theirs, &tracking.Number{SiteID: site, Number: "+12025550180"})
			},
			"in another's pool": func() error {
				return s.CreateNumber(ctx, theirs, &tracking.Number{SiteID: other.site.ID, Number: "+12025550180", PoolID: pool})
			},
			"read number":    func() error { _, err := s.Number(ctx, theirs.AccountID, site, number.ID); return err },
			"number by site": func() error { _, err := s.Number(ctx, theirs.AccountID, other.site.ID, number.ID); return err },
			"list numbers":   func() error { _, _, err := s.Numbers(ctx, theirs.AccountID, site, models.Page{}); return err },
			"change number": func() error {
				_, err := s.UpdateNumber(ctx, theirs, site, number.ID, func(*tracking.Number) error { return unchanged() })
				return err
			},
			"delete number": func() error { return s.DeleteNumber(ctx, theirs, site, number.ID) },
			"list assignments": func() error {
				_, _, err := s.Assignments(ctx, theirs.AccountID, site, tracking.AssignmentFilter{}, models.Page{})
				return err
			},
			"move to their pool": func() error {
				_, err := s.UpdateNumber(ctx, mine, site, number.ID, func(n *tracking.Number) error { n.PoolID = other.pool.ID; return nil })
				return err
			},
		} {
			require.Equal(t, fault.NotFound, fault.CodeOf(attempt()), name)
		}
		require.Equal(t, number, sh.stored(t, poolNumber(0)))

		sh.number(t, sh.visit("visitor-1", "ses_1", modeltest.Start), modeltest.Start)
		taken := sh.assignments(t, tracking.AssignmentFilter{})
		require.Len(t, taken, 1)
		none, _, err := s.Assignments(ctx, theirs.AccountID, other.site.ID, tracking.AssignmentFilter{NumberID: taken[0].NumberID}, models.Page{})
		require.NoError(t, err)
		require.Empty(t, none)
		call := other.call(t, "x", rings(poolNumber(0), modeltest.Start))
		require.Empty(t, call.Conversion.SessionID, "the same number of another site is another number")
	})
}

func TestPoolIsReadChangedAndDeletedOnceItIsEmpty(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1, func(p *tracking.Pool) {
			p.ShownTo = &conversion.Condition{Field: "source", Operator: conversion.OpEquals, Values: []string{"google"}}
		})
		ctx, actor, account, site := t.Context(), modeltest.ActorOf(sh.site), sh.site.AccountID, sh.site.ID
		stored, err := s.Pool(ctx, account, site, sh.pool.ID)
		require.NoError(t, err)
		require.Equal(t, sh.pool, stored)

		clock.Advance(time.Hour)
		changed, err := s.UpdatePool(ctx, actor, site, sh.pool.ID, func(p *tracking.Pool) error {
			p.Name, p.ID, p.SiteID, p.ExhaustedCount = "Renamed", "pool_other", "site_other", 99
			return nil
		})
		require.NoError(t, err)
		want := sh.pool
		want.Name, want.UpdatedAt = "Renamed", clock.Now()
		require.Equal(t, want, changed)
		same, err := s.UpdatePool(ctx, actor, site, sh.pool.ID, func(*tracking.Pool) error { return nil })
		require.NoError(t, err)
		require.Equal(t, want, same)
		refused := errors.New("refused")
		_, err = s.UpdatePool(ctx, actor, site, sh.pool.ID, func(p *tracking.Pool) error { p.Name = "x"; return refused })
		require.ErrorIs(t, err, refused)
		pools, _, err := s.Pools(ctx, account, site, models.Page{})
		require.NoError(t, err)
		require.Equal(t, []tracking.Pool{want}, pools)

		err = s.DeletePool(ctx, actor, site, sh.pool.ID)
		requireCode(t, fault.Conflict, err)
		require.ErrorContains(t, err, "pool_has_numbers (1)")
		require.NoError(t, s.DeleteNumber(ctx, actor, site, sh.stored(t, poolNumber(0)).ID))
		require.NoError(t, s.DeletePool(ctx, actor, site, sh.pool.ID))
		_, err = s.Pool(ctx, account, site, sh.pool.ID)
		requireCode(t, fault.NotFound, err)
		require.Empty(t, sh.plan(t).Pools)
		require.Equal(t, []string{"deleted", "updated", "created"}, actions(t, s, sh.site, "pool", sh.pool.ID))
	})
}

// actions returns the actions on a thing in the audit trail, newest first.
func actions(t *testing.T, s *models.Store, site websites.Site, entity, id string) []string {
	t.Helper()
	entries, _, err := s.Audit(t.Context(), site.AccountID, audit.Filter{SiteID: site.ID, Entity: entity, EntityID: id}, models.Page{})
	require.NoError(t, err)
	var done []string
	for _, e := range entries {
		require.Equal(t, modeltest.ActorOf(site).TokenID, e.Actor)
		done = append(done, e.Action)
	}
	return done
}

func TestNumberIsReadChangedAndDeleted(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 0)
		ctx, actor, account, site := t.Context(), modeltest.ActorOf(sh.site), sh.site.AccountID, sh.site.ID
		number := sh.own(t, tracking.Number{
			Number: "+12025550193", Name: "Poster", Replaces: []string{onThePages}, Tags: []string{"poster"},
			ShownTo: &conversion.Condition{Field: "source", Operator: conversion.OpEquals, Values: []string{"google"}},
			Traffic: &conversion.Traffic{Source: "poster"},
		})
		stored, err := s.Number(ctx, account, site, number.ID)
		require.NoError(t, err)
		require.Equal(t, number, stored)

		clock.Advance(time.Hour)
		later := clock.Now()
		changed, err := s.UpdateNumber(ctx, actor, site, number.ID, func(n *tracking.Number) error {
			n.Name, n.HeldBy, n.HeldUntil = "Renamed", "ses_1", &later
			return nil
		})
		require.NoError(t, err)
		number.Name, number.UpdatedAt = "Renamed", later
		require.Equal(t, number, changed)
		entries, _, err := s.Audit(ctx, account, audit.Filter{Entity: "number", EntityID: number.ID}, models.Page{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, map[string]audit.Change{"name": {From: "Poster", To: "Renamed"}}, entries[0].Changes)

		require.NoError(t, s.DeleteNumber(ctx, actor, site, number.ID))
		_, err = s.Number(ctx, account, site, number.ID)
		requireCode(t, fault.NotFound, err)
		require.Empty(t, sh.plan(t).Numbers)
		require.Equal(t, []string{"deleted", "updated", "created"}, actions(t, s, sh.site, "number", number.ID))
	})
}

func TestNumbersAreAddedAllOrNone(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 2)
		add := func(numbers ...string) error {
			var added []*tracking.Number
			for _, n := range numbers {
				added = append(added, &tracking.Number{Number: n, PoolID: sh.pool.ID, Enabled: true})
			}
			return s.CreateNumbers(t.Context(), modeltest.ActorOf(sh.site), sh.site.ID, added)
		}
		err := add(poolNumber(2), poolNumber(1))
		requireCode(t, fault.Conflict, err)
		require.ErrorContains(t, err, poolNumber(1), "says which one")
		numbers, _, err := s.Numbers(t.Context(), sh.site.AccountID, sh.site.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, numbers, 2)
		require.NoError(t, add(poolNumber(2), poolNumber(3)))

		deleted := sh.stored(t, poolNumber(3))
		require.NoError(t, s.DeleteNumber(t.Context(), modeltest.ActorOf(sh.site), sh.site.ID, deleted.ID))
		require.NoError(t, add(poolNumber(3)), "a deleted number may be had again")
		_, err = s.UpdateNumber(t.Context(), modeltest.ActorOf(sh.site), sh.site.ID, sh.stored(t, poolNumber(3)).ID,
			func(n *tracking.Number) error { n.Number = poolNumber(0); return nil })
		requireCode(t, fault.Conflict, err)
		require.ErrorContains(t, err, poolNumber(0))
	})
}

func TestM10_NumberMovesOnlyWhileNobodyHasIt(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		sh.number(t, sh.visit("visitor-1", "ses_1", clock.Now()), clock.Now())
		move := func() error {
			_, err := s.UpdateNumber(t.Context(), modeltest.ActorOf(sh.site), sh.site.ID, sh.stored(t, poolNumber(0)).ID,
				func(n *tracking.Number) error { n.PoolID = ""; return nil })
			return err
		}
		requireCode(t, fault.Conflict, move())
		clock.Advance(30 * time.Minute)
		require.NoError(t, move())
		require.Len(t, sh.plan(t).Numbers, 1)
	})
}

func TestSitePlanIsWhatIsSwitchedOnInItsOrder(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1, func(p *tracking.Pool) { p.Position = 2 })
		actor := modeltest.ActorOf(sh.site)
		for _, p := range []tracking.Pool{{Name: "off"}, {Name: "second", Enabled: true, Position: 2}, {Name: "first", Enabled: true, Position: -1}} {
			p.SiteID = sh.site.ID
			require.NoError(t, s.CreatePool(t.Context(), actor, &p))
		}
		for _, n := range []tracking.Number{{Number: "+12025550180", Position: 1}, {Number: "+12025550181"}} {
			sh.own(t, n)
		}
		plan := sh.plan(t)
		require.Equal(t, sh.site.ID, plan.Site.ID)
		require.Equal(t, websites.DefaultScript(), plan.Site.Script)
		var names []string
		for _, p := range plan.Pools {
			names = append(names, p.Name)
		}
		for _, n := range plan.Numbers {
			names = append(names, n.Number)
		}
		require.Equal(t, []string{"first", "Example pool", "second", "+12025550181", "+12025550180"}, names)

		_, err := s.SitePlan(t.Context(), "no-such-key")
		requireCode(t, fault.NotFound, err)
		require.NoError(t, s.DeleteSite(t.Context(), actor, sh.site.ID))
		_, err = s.SitePlan(t.Context(), sh.site.ScriptKey)
		requireCode(t, fault.NotFound, err)
	})
}
