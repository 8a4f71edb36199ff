package crm_test

import (
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/crm"
	"ringback/models/modeltest"
	"ringback/models/websites"
	"ringback/touchpoints"
)

var opened = time.Date(2026, 5, 4, 9, 0, 0, 123456789, time.FixedZone("", 3*3600))

func person(site websites.Site) crm.Person {
	return crm.Person{SiteID: site.ID, ExternalID: "lead-1", Account: "acme", Email: "visitor@example.com", Phone: modeltest.Caller, AddedAt: &opened}
}

func opportunity(site websites.Site) crm.Opportunity {
	return crm.Opportunity{
		SiteID: site.ID, ExternalID: "deal-1", Account: "acme", OpenedAt: opened, Amount: 100_00, Currency: "USD",
		People: []touchpoints.Role{{Person: "lead-1", Primary: true}}, Stages: []touchpoints.StageEntry{{Stage: "Demo", At: opened}},
	}
}

// TestG2_WhatIsReportedAgainIsTheSame reports a person and an opportunity again,
// first unchanged and then changed.
func TestG2_WhatIsReportedAgainIsTheSame(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		ctx, account := t.Context(), site.AccountID
		first, deal := person(site), opportunity(site)
		require.NoError(t, s.PutCRMPerson(ctx, account, &first))
		require.NoError(t, s.PutOpportunity(ctx, account, &deal))

		clock.Advance(time.Minute)
		again, dealAgain := person(site), opportunity(site)
		require.NoError(t, s.PutCRMPerson(ctx, account, &again))
		require.NoError(t, s.PutOpportunity(ctx, account, &dealAgain))
		require.Equal(t, first, again, "nothing changed, so the time of the last change stays")
		require.Equal(t, deal, dealAgain)

		changed, closed := person(site), opportunity(site)
		changed.Email = ""
		closed.ClosedAt, closed.Won, closed.Stages = &opened, true, nil
		require.NoError(t, s.PutCRMPerson(ctx, account, &changed))
		require.NoError(t, s.PutOpportunity(ctx, account, &closed))
		require.Equal(t, first.UpdatedAt.Add(time.Minute), changed.UpdatedAt)
		require.Equal(t, first.CreatedAt, changed.CreatedAt)

		people, _, err := s.CRMPeople(ctx, account, site.ID, models.Page{})
		require.NoError(t, err)
		require.Equal(t, []crm.Person{changed}, people)
		deals, _, err := s.Opportunities(ctx, account, site.ID, models.Page{})
		require.NoError(t, err)
		require.Equal(t, []crm.Opportunity{closed}, deals)
	})
}

func TestG2_OnePersonIsStoredHoweverManyReportAtOnce(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		var reports sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			reports.Go(func() {
				p := person(site)
				errs[i] = s.PutCRMPerson(t.Context(), site.AccountID, &p)
			})
		}
		reports.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		people, _, err := s.CRMPeople(t.Context(), site.AccountID, site.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, people, 1)
	})
}

func TestG9_CRMRecordsOfOtherAccountsDoNotExist(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		ctx, theirs := t.Context(), other.AccountID
		p, o := person(site), opportunity(site)
		require.NoError(t, s.PutCRMPerson(ctx, site.AccountID, &p))
		require.NoError(t, s.PutOpportunity(ctx, site.AccountID, &o))
		for name, attempt := range map[string]func() error{
			"put person":         func() error { p := person(site); return s.PutCRMPerson(ctx, theirs, &p) },
			"read person":        func() error { _, err := s.CRMPerson(ctx, theirs, site.ID, p.ID); return err },
			"by another site":    func() error { _, err := s.CRMPerson(ctx, theirs, other.ID, p.ID); return err },
			"list people":        func() error { _, _, err := s.CRMPeople(ctx, theirs, site.ID, models.Page{}); return err },
			"delete person":      func() error { return s.DeleteCRMPerson(ctx, theirs, site.ID, p.ID) },
			"from another site":  func() error { return s.DeleteCRMPerson(ctx, theirs, other.ID, p.ID) },
			"put opportunity":    func() error { o := opportunity(site); return s.PutOpportunity(ctx, theirs, &o) },
			"read opportunity":   func() error { _, err := s.Opportunity(ctx, theirs, site.ID, o.ID); return err },
			"list opportunities": func() error { _, _, err := s.Opportunities(ctx, theirs, site.ID, models.Page{}); return err },
			"delete opportunity": func() error { return s.DeleteOpportunity(ctx, theirs, site.ID, o.ID) },
		} {
			require.Equal(t, fault.NotFound, fault.CodeOf(attempt()), name)
		}
		same := person(other)
		require.NoError(t, s.PutCRMPerson(ctx, theirs, &same), "the same external id of another site is another person")
		kept, err := s.CRMPerson(ctx, site.AccountID, site.ID, p.ID)
		require.NoError(t, err)
		require.Equal(t, p, kept)

		require.NoError(t, s.DeleteCRMPerson(ctx, site.AccountID, site.ID, p.ID))
		require.NoError(t, s.DeleteOpportunity(ctx, site.AccountID, site.ID, o.ID))
		_, err = s.CRMPerson(ctx, site.AccountID, site.ID, p.ID)
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		require.Equal(t, fault.NotFound, fault.CodeOf(s.DeleteOpportunity(ctx, site.AccountID, site.ID, o.ID)))
	})
}

func TestTextsThatCannotBeStoredAreRefused(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		p := person(modeltest.Site(t, s))
		p.Account = "a\x00b"
		require.Equal(t, fault.Invalid, fault.CodeOf(s.PutCRMPerson(t.Context(), "", &p)))
	})
}
