package models_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/modeltest"
)

// Items that arrive between two pages do not shift the list: no item is repeated or left out.
func TestPagesAreStableUnderInserts(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		accepted := func(name string) string {
			a, err := s.AcceptLead(t.Context(), modeltest.Lead(site, name))
			require.NoError(t, err)
			return a.ConversionID
		}
		var wanted []string
		for n := range 7 {
			wanted = append([]string{accepted(strconv.Itoa(n))}, wanted...)
		}
		var seen []string
		page := models.Page{Limit: 3}
		for {
			items, next, err := s.Conversions(t.Context(), models.ConversionFilter{AccountID: site.AccountID, SiteID: site.ID}, page)
			require.NoError(t, err)
			for _, c := range items {
				seen = append(seen, c.ID)
			}
			if next == "" {
				break
			}
			page.Cursor = next
			accepted("between " + next)
		}
		require.Equal(t, wanted, seen)

		_, _, err := s.Conversions(t.Context(), models.ConversionFilter{AccountID: site.AccountID}, models.Page{Cursor: "%%%"})
		requireCode(t, fault.Invalid, err)
	})
}

func TestPagesOfAPeriodAreInTheOrderOfTheirTimes(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		ids := make([]string, 6)
		for n := range ids { // the earliest is accepted last
			in := modeltest.Lead(site, strconv.Itoa(n))
			in.Lead.At = modeltest.Start.Add(-time.Duration(n/2) * time.Hour) // two each have the same time
			a, err := s.AcceptLead(t.Context(), in)
			require.NoError(t, err)
			ids[n] = a.ConversionID
		}
		from := modeltest.Start.Add(-24 * time.Hour)
		read := func(f models.ConversionFilter, page models.Page) (read []string) {
			f.AccountID, f.SiteID = site.AccountID, site.ID
			for {
				items, next, err := s.Conversions(t.Context(), f, page)
				require.NoError(t, err)
				for _, c := range items {
					read = append(read, c.ID)
				}
				if page.Cursor = next; next == "" {
					return read
				}
			}
		}
		require.Equal(t, []string{ids[1], ids[0], ids[3], ids[2], ids[5], ids[4]}, read(models.ConversionFilter{From: &from}, models.Page{Limit: 2}))

		all := models.ConversionFilter{AccountID: site.AccountID, SiteID: site.ID}
		_, earlier, err := s.Conversions(t.Context(), all, models.Page{Limit: 2})
		require.NoError(t, err)
		require.Equal(t, []string{ids[3], ids[2], ids[1], ids[0]}, read(models.ConversionFilter{From: &from}, models.Page{Limit: 2, Cursor: earlier}),
			"a cursor of an earlier version continues in its order")
	})
}

func TestConversionFilters(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		call := accept(t, s, site, "call-1", started(modeltest.Start), tagged("e3", modeltest.Start, "spam")).ConversionID
		in := modeltest.Lead(site, "lead-1")
		in.Lead.At = modeltest.Start.Add(time.Hour)
		lead, err := s.AcceptLead(t.Context(), in)
		require.NoError(t, err)
		_, err = s.AcceptLead(t.Context(), modeltest.Lead(other, "lead-1"))
		require.NoError(t, err)
		require.NoError(t, s.FinishConversion(t.Context(), lead.ConversionID))
		noon, end := modeltest.Start.Add(30*time.Minute), modeltest.Start.Add(time.Hour)

		for name, c := range map[string]struct {
			filter models.ConversionFilter
			want   []string
		}{
			"all":         {models.ConversionFilter{}, []string{lead.ConversionID, call}},
			"site":        {models.ConversionFilter{SiteID: site.ID}, []string{lead.ConversionID, call}},
			"kind":        {models.ConversionFilter{Kind: conversion.KindCall}, []string{call}},
			"state":       {models.ConversionFilter{State: models.StateDone}, []string{lead.ConversionID}},
			"tag":         {models.ConversionFilter{Tag: "spam"}, []string{call}},
			"from":        {models.ConversionFilter{From: &noon}, []string{lead.ConversionID}},
			"to":          {models.ConversionFilter{To: &end}, []string{call}},
			"external id": {models.ConversionFilter{ExternalID: "lead-1"}, []string{lead.ConversionID}},
			"person":      {models.ConversionFilter{Person: modeltest.Caller}, []string{lead.ConversionID, call}},
			"nobody":      {models.ConversionFilter{Person: "+12025550199"}, nil},
			"nothing":     {models.ConversionFilter{Tag: "spam", Kind: conversion.KindLead}, nil},
		} {
			c.filter.AccountID = site.AccountID
			items, _, err := s.Conversions(t.Context(), c.filter, models.Page{})
			require.NoError(t, err)
			var got []string
			for _, item := range items {
				got = append(got, item.ID)
			}
			require.Equal(t, c.want, got, name)
		}
		open, err := s.OpenConversions(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[models.ConversionState]int64{models.StateWaiting: 2, models.StateDispatching: 0}, open)
	})
}

func TestDeliveryFilters(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		a, b := modeltest.Integration(t, s, site), modeltest.Integration(t, s, site)
		first, second := modeltest.Delivery(t, s, site, a), modeltest.Delivery(t, s, site, b)
		_, err := s.GiveUpDelivery(t.Context(), second.ID, example)
		require.NoError(t, err)
		future := time.Now().Add(time.Hour)
		for name, c := range map[string]struct {
			filter deliveries.Filter
			want   []string
		}{
			"all":         {deliveries.Filter{}, []string{second.ID, first.ID}},
			"integration": {deliveries.Filter{IntegrationID: a.ID}, []string{first.ID}},
			"state":       {deliveries.Filter{State: deliveries.Failed, SiteID: site.ID}, []string{second.ID}},
			"conversion":  {deliveries.Filter{ConversionID: first.ConversionID}, []string{first.ID}},
			"from":        {deliveries.Filter{From: &future}, nil},
			"to":          {deliveries.Filter{To: &future}, []string{second.ID, first.ID}},
		} {
			c.filter.AccountID = site.AccountID
			items, _, err := s.Deliveries(t.Context(), c.filter, models.Page{})
			require.NoError(t, err)
			var got []string
			for _, item := range items {
				got = append(got, item.ID)
			}
			require.Equal(t, c.want, got, name)
		}
	})
}

func TestConversionsAreListedByTheTokenThatReportedThem(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		for id, by := range map[string]conversion.Reporter{
			"a": {Kind: conversion.ByToken, ID: "tok_1", Name: "web site"}, "b": {Kind: conversion.ByToken, ID: "tok_2"}, "c": {}, "d": {Kind: conversion.ByUser, ID: "tok_1"},
		} {
			lead := modeltest.Lead(site, id)
			lead.Reporter = by
			_, err := s.AcceptLead(t.Context(), lead)
			require.NoError(t, err)
		}
		items, _, err := s.Conversions(t.Context(), models.ConversionFilter{AccountID: site.AccountID, SiteID: site.ID, Token: "tok_1"}, models.Page{})
		require.NoError(t, err)
		require.Len(t, items, 1)
		require.Equal(t, "a", items[0].ExternalID)
		require.Equal(t, conversion.Reporter{Kind: conversion.ByToken, ID: "tok_1", Name: "web site"}, detail(t, s, site, items[0].ID).Events[0].Reporter)
	})
}
