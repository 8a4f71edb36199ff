package models_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/fault"
	"ringback/ids"
	"ringback/models"
	"ringback/models/modeltest"
)

// Ids of another account's things answer word for word as ids of nothing.
func TestG9_OtherAccountsThingsAreNotFound(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site, stranger := modeltest.Site(t, s), modeltest.Actor(t, s)
		i := modeltest.Integration(t, s, site)
		d := modeltest.Delivery(t, s, site, i)
		_, err := s.GiveUpDelivery(t.Context(), d.ID, "example")
		require.NoError(t, err)
		_, err = s.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, "callrail", func(*models.SiteSource) error { return nil })
		require.NoError(t, err)
		token := models.Token{ID: ids.New(ids.Token), AccountID: site.AccountID, SecretHash: []byte{1}}
		require.NoError(t, s.CreateToken(t.Context(), modeltest.ActorOf(site), token))

		workflow := func(id string, n int) string { return id + strconv.Itoa(n) }
		for name, ask := range map[string]func(account string, actor models.Actor, site, integration, conversion, delivery, token string) error{
			"site": func(a string, _ models.Actor, site, _, _, _, _ string) error {
				_, err := s.Site(t.Context(), a, site)
				return err
			},
			"update site": func(_ string, actor models.Actor, site, _, _, _, _ string) error {
				_, err := s.UpdateSite(t.Context(), actor, site, func(*models.Site) error { return nil })
				return err
			},
			"delete site": func(_ string, actor models.Actor, site, _, _, _, _ string) error {
				return s.DeleteSite(t.Context(), actor, site)
			},
			"source": func(a string, _ models.Actor, site, _, _, _, _ string) error {
				_, err := s.Source(t.Context(), a, site, "callrail")
				return err
			},
			"sources": func(a string, _ models.Actor, site, _, _, _, _ string) error {
				_, err := s.Sources(t.Context(), a, site)
				return err
			},
			"put source": func(_ string, actor models.Actor, site, _, _, _, _ string) error {
				_, err := s.PutSource(t.Context(), actor, site, "callrail", func(*models.SiteSource) error { return nil })
				return err
			},
			"create integration": func(_ string, actor models.Actor, site, _, _, _, _ string) error {
				return s.CreateIntegration(t.Context(), actor, &models.Integration{SiteID: site})
			},
			"integration": func(a string, _ models.Actor, site, integration, _, _, _ string) error {
				_, err := s.Integration(t.Context(), a, site, integration)
				return err
			},
			"integrations": func(a string, _ models.Actor, site, _, _, _, _ string) error {
				_, _, err := s.Integrations(t.Context(), a, site, models.Page{})
				return err
			},
			"update integration": func(_ string, actor models.Actor, site, integration, _, _, _ string) error {
				_, err := s.UpdateIntegration(t.Context(), actor, site, integration, func(*models.Integration) error { return nil })
				return err
			},
			"delete integration": func(_ string, actor models.Actor, site, integration, _, _, _ string) error {
				return s.DeleteIntegration(t.Context(), actor, site, integration)
			},
			"versions": func(a string, _ models.Actor, site, integration, _, _, _ string) error {
				_, _, err := s.IntegrationVersions(t.Context(), a, site, integration, models.Page{})
				return err
			},
			"conversions": func(a string, _ models.Actor, site, _, _, _, _ string) error {
				_, _, err := s.Conversions(t.Context(), models.ConversionFilter{AccountID: a, SiteID: site}, models.Page{})
				return err
			},
			"conversion": func(a string, _ models.Actor, _, _, conversion, _, _ string) error {
				_, err := s.ConversionDetail(t.Context(), a, conversion)
				return err
			},
			"deliveries": func(a string, _ models.Actor, site, _, _, _, _ string) error {
				_, _, err := s.Deliveries(t.Context(), models.DeliveryFilter{AccountID: a, SiteID: site}, models.Page{})
				return err
			},
			"delivery": func(a string, _ models.Actor, _, _, _, delivery, _ string) error {
				_, _, err := s.Delivery(t.Context(), a, delivery)
				return err
			},
			"resend": func(a string, actor models.Actor, _, _, _, delivery, _ string) error {
				_, _, err := s.Resend(t.Context(), actor, a, delivery, workflow)
				return err
			},
			"resend many": func(a string, actor models.Actor, site, _, _, _, _ string) error {
				_, err := s.ResendMany(t.Context(), actor, models.DeliveryFilter{AccountID: a, SiteID: site}, 1, workflow)
				return err
			},
			"count": func(a string, _ models.Actor, site, _, _, _, _ string) error {
				_, err := s.CountDeliveries(t.Context(), models.DeliveryFilter{AccountID: a, SiteID: site})
				return err
			},
			"revoke token": func(a string, actor models.Actor, _, _, _, _, token string) error {
				return s.RevokeToken(t.Context(), actor, a, token)
			},
		} {
			others := ask(stranger.AccountID, stranger, site.ID, i.ID, d.ConversionID, d.ID, token.ID)
			requireCode(t, fault.NotFound, others)
			none := ask(stranger.AccountID, stranger, "site_none", "int_none", "cnv_none", "dlv_none", "tok_none")
			require.EqualError(t, none, others.Error(), name)
		}

		conversions, _, err := s.Conversions(t.Context(), models.ConversionFilter{AccountID: stranger.AccountID}, models.Page{})
		require.NoError(t, err)
		require.Empty(t, conversions)
		deliveries, _, err := s.Deliveries(t.Context(), models.DeliveryFilter{AccountID: stranger.AccountID}, models.Page{})
		require.NoError(t, err)
		require.Empty(t, deliveries)
		entries, _, err := s.Audit(t.Context(), stranger.AccountID, models.AuditFilter{SiteID: site.ID}, models.Page{})
		require.NoError(t, err)
		require.Empty(t, entries)
		tokens, _, err := s.Tokens(t.Context(), stranger.AccountID, models.Page{})
		require.NoError(t, err)
		require.Empty(t, tokens)
	})
}

// Things that arrive between two pages shift nothing: no item twice, none left out.
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
		stats, err := s.Stats(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[models.ConversionState]int64{models.StateWaiting: 2, models.StateDispatching: 0}, stats.Conversions)
	})
}

func TestDeliveryFilters(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		a, b := modeltest.Integration(t, s, site), modeltest.Integration(t, s, site)
		first, second := modeltest.Delivery(t, s, site, a), modeltest.Delivery(t, s, site, b)
		_, err := s.GiveUpDelivery(t.Context(), second.ID, "example")
		require.NoError(t, err)
		future := time.Now().Add(time.Hour)
		for name, c := range map[string]struct {
			filter models.DeliveryFilter
			want   []string
		}{
			"all":         {models.DeliveryFilter{}, []string{second.ID, first.ID}},
			"integration": {models.DeliveryFilter{IntegrationID: a.ID}, []string{first.ID}},
			"state":       {models.DeliveryFilter{State: models.DeliveryFailed, SiteID: site.ID}, []string{second.ID}},
			"conversion":  {models.DeliveryFilter{ConversionID: first.ConversionID}, []string{first.ID}},
			"from":        {models.DeliveryFilter{From: &future}, nil},
			"to":          {models.DeliveryFilter{To: &future}, []string{second.ID, first.ID}},
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
