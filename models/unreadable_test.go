package models_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/secrets"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// keyGone returns a store with new keys, of a site with an integration and a
// source that were sealed with keys which are gone, and the store with those.
func keyGone(t *testing.T, dsn string) (s, before *models.Store, site websites.Site, i integrations.Integration) {
	t.Helper()
	before = modeltest.Open(t, dsn, clockwork.NewRealClock())
	site = modeltest.Site(t, before)
	i = modeltest.Integration(t, before, site)
	_, err := before.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, "api", func(x *websites.Source) error {
		x.HookKey, x.Credentials = "hook-example", map[string]string{"signing_key": "signing-example"}
		return nil
	})
	require.NoError(t, err)
	keys, err := secrets.Generate()
	require.NoError(t, err)
	return modeltest.OpenWith(t, dsn, clockwork.NewRealClock(), keys), before, site, i
}

func TestG6_IntegrationWhoseKeyIsGoneStopsNoOther(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s, _, site, broken := keyGone(t, dsn)
		good := modeltest.Integration(t, s, site)
		all, _, err := s.Integrations(t.Context(), site.AccountID, site.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, all, 2)
		accepted, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, "call-1", conversion.CallEvent{
			ID: "e1", Type: conversion.EventStarted, At: modeltest.Start,
		}))
		require.NoError(t, err)
		c, err := s.Case(t.Context(), accepted.ConversionID)
		require.NoError(t, err)
		require.NotNil(t, c.Source)
		for _, list := range [][]integrations.Integration{all, c.Integrations} {
			for _, i := range list {
				require.Equal(t, i.ID == broken.ID, i.CredentialsUnreadable)
				require.Equal(t, i.ID == good.ID, len(i.Credentials) > 0)
			}
		}
	})
}

func TestUnreadableCredentialsStayUntilOthersAreSet(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s, before, site, broken := keyGone(t, dsn)
		actor := modeltest.ActorOf(site)
		count, err := s.Reseal(t.Context())
		require.NoError(t, err)
		require.Equal(t, models.Resealed{Unreadable: 2}, count, "the integration and the source")
		renamed, err := s.UpdateIntegration(t.Context(), actor, site.ID, broken.ID, func(i *integrations.Integration) error {
			i.Name = "Renamed"
			return nil
		})
		require.NoError(t, err)
		require.True(t, renamed.CredentialsUnreadable)
		kept, err := before.Integration(t.Context(), site.AccountID, site.ID, broken.ID)
		require.NoError(t, err)
		require.Equal(t, broken.Credentials, kept.Credentials, "they are there when the key comes back")

		set, err := s.UpdateIntegration(t.Context(), actor, site.ID, broken.ID, func(i *integrations.Integration) error {
			i.Credentials = map[string]string{"signing_secret": "whsec_other"}
			return nil
		})
		require.NoError(t, err)
		require.False(t, set.CredentialsUnreadable)
		read, err := s.Integration(t.Context(), site.AccountID, site.ID, broken.ID)
		require.NoError(t, err)
		require.Equal(t, set.Credentials, read.Credentials)
	})
}

func TestSourceWithoutKeyAcceptsNothingUntilItIsSetAgain(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s, before, site, _ := keyGone(t, dsn)
		_, _, err := s.SourceByHookKey(t.Context(), "hook-example")
		requireCode(t, fault.Unavailable, err)
		sources, err := s.Sources(t.Context(), site.AccountID, site.ID)
		require.NoError(t, err)
		require.True(t, sources[0].CredentialsUnreadable)

		_, err = s.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, "api", func(x *websites.Source) error { x.LateDataSeconds = 61; return nil })
		require.NoError(t, err)
		untouched, err := before.Source(t.Context(), site.AccountID, site.ID, "api")
		require.NoError(t, err)
		require.Equal(t, "signing-example", untouched.Credentials["signing_key"], "another change leaves what cannot be read")
		require.Equal(t, "hook-example", untouched.HookKey)

		_, err = s.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, "api", func(x *websites.Source) error {
			x.Credentials = map[string]string{"signing_key": "signing-other"}
			return nil
		})
		require.NoError(t, err)
		row, _, err := s.SourceByHookKey(t.Context(), "hook-example")
		require.NoError(t, err)
		require.Equal(t, "signing-other", row.Credentials["signing_key"])
		require.Empty(t, row.HookKey, "the address still works, and cannot be shown")
		row, err = before.Source(t.Context(), site.AccountID, site.ID, "api")
		require.NoError(t, err)
		require.Equal(t, "hook-example", row.HookKey, "it can when the key comes back")

		row, err = s.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, "api", func(x *websites.Source) error { x.RenewHookKey(); return nil })
		require.NoError(t, err)
		read, _, err := s.SourceByHookKey(t.Context(), row.HookKey)
		require.NoError(t, err)
		require.Equal(t, row.HookKey, read.HookKey)
	})
}
