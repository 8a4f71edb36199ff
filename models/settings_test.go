package models_test

import (
	"errors"
	"log/slog"
	"maps"
	"slices"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/internal/secrets"
	"ringback/models"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/quotas"
	"ringback/models/tracking"
	"ringback/models/websites"
)

func lastAudit(t *testing.T, s *models.Store, accountID string) audit.Entry {
	t.Helper()
	entries, _, err := s.Audit(t.Context(), accountID, audit.Filter{}, models.Page{Limit: 1})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	return entries[0]
}

func TestDefaultAccountIsMadeOnce(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		atOnce(t, 4, func(int) error { _, err := s.DefaultAccount(t.Context()); return err })
		account, err := s.DefaultAccount(t.Context())
		require.NoError(t, err)
		require.Equal(t, "acc_default", account.ID)
		require.False(t, account.CreatedAt.IsZero())
		all, _, err := s.Accounts(t.Context(), models.Page{})
		require.NoError(t, err)
		require.Equal(t, []accounts.Account{account}, all)
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		actor, stranger := modeltest.Actor(t, s), modeltest.Actor(t, s)
		token := accounts.Token{ID: ids.New(ids.Token), AccountID: actor.AccountID, Name: "Example", Role: accounts.RoleEditor, SecretHash: []byte{1, 2}}
		require.NoError(t, s.CreateToken(t.Context(), actor, token))
		token.CreatedAt = clock.Now()
		read, err := s.TokenByID(t.Context(), token.ID)
		require.NoError(t, err)
		require.Equal(t, token, read)

		requireCode(t, fault.NotFound, s.RevokeToken(t.Context(), stranger, stranger.AccountID, token.ID))
		require.NoError(t, s.RevokeToken(t.Context(), actor, actor.AccountID, token.ID))
		require.NoError(t, s.RevokeToken(t.Context(), actor, actor.AccountID, token.ID))
		_, err = s.TokenByID(t.Context(), token.ID)
		requireCode(t, fault.NotFound, err)

		tokens, _, err := s.Tokens(t.Context(), actor.AccountID, models.Page{})
		require.NoError(t, err)
		require.Len(t, tokens, 1)
		require.NotNil(t, tokens[0].RevokedAt)
		entries, _, err := s.Audit(t.Context(), actor.AccountID, audit.Filter{Entity: "token"}, models.Page{})
		require.NoError(t, err)
		require.Len(t, entries, 2)
		require.Equal(t, "revoked", entries[0].Action)

		requireCode(t, fault.NotFound, s.CreateToken(t.Context(), actor, accounts.Token{ID: ids.New(ids.Token), AccountID: "acc_none"}))
	})
}

func TestSiteChangesAreAudited(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		require.NotEmpty(t, site.ScriptKey)
		actor := modeltest.ActorOf(site)
		clock.Advance(1)
		updated, err := s.UpdateSite(t.Context(), actor, site.ID, func(x *websites.Site) error {
			x.TargetCallSeconds, x.UniquenessDays = 60, 0
			x.Domains[0] = "shop.example.com" // in place
			x.AccountID = "acc_other"         // must not change
			return nil
		})
		require.NoError(t, err)
		read, err := s.Site(t.Context(), site.AccountID, site.ID)
		require.NoError(t, err)
		require.Equal(t, updated, read)
		require.Equal(t, 0, read.UniquenessDays)

		entry := lastAudit(t, s, site.AccountID)
		require.Equal(t, "updated", entry.Action)
		require.Equal(t, "tok_example", entry.Actor)
		require.Equal(t, "req_example", entry.RequestID)
		require.Len(t, entry.Changes, 3)
		require.EqualValues(t, 30, entry.Changes["target_call_seconds"].From)
		require.EqualValues(t, 60, entry.Changes["target_call_seconds"].To)
		require.Equal(t, []any{"www.example.com"}, entry.Changes["domains"].From)

		_, err = s.UpdateSite(t.Context(), actor, site.ID, func(*websites.Site) error { return nil })
		require.NoError(t, err)
		require.Equal(t, entry.ID, lastAudit(t, s, site.AccountID).ID, "no change, no entry")

		refused := errors.New("refused")
		_, err = s.UpdateSite(t.Context(), actor, site.ID, func(x *websites.Site) error { x.Name = "Other"; return refused })
		require.ErrorIs(t, err, refused)
		again, err := s.Site(t.Context(), site.AccountID, site.ID)
		require.NoError(t, err)
		require.Equal(t, read, again)
	})
}

func TestSources(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		actor := modeltest.ActorOf(site)
		_, err := s.Source(t.Context(), site.AccountID, site.ID, "callrail")
		requireCode(t, fault.NotFound, err)
		put := func(change func(*websites.Source)) websites.Source {
			row, err := s.PutSource(t.Context(), actor, site.ID, "callrail", func(x *websites.Source) error { change(x); return nil })
			require.NoError(t, err)
			return row
		}
		created := put(func(x *websites.Source) {
			x.Enabled, x.LateDataSeconds = true, 30
			x.Credentials = map[string]string{"signing_key": "example-1"}
		})
		require.NotEmpty(t, created.HookKey)
		row, found, err := s.SourceByHookKey(t.Context(), created.HookKey)
		require.NoError(t, err)
		require.Equal(t, created, row)
		require.Equal(t, site.ID, found.ID)

		changed := put(func(x *websites.Source) { x.Credentials["signing_key"] = "example-2"; x.RenewHookKey() })
		require.NotEqual(t, created.HookKey, changed.HookKey)
		_, _, err = s.SourceByHookKey(t.Context(), created.HookKey)
		requireCode(t, fault.NotFound, err)
		entry := lastAudit(t, s, site.AccountID)
		require.Equal(t, map[string]audit.Change{
			"credentials.signing_key": {From: "set", To: "changed"}, "hook_key": {To: "changed"},
		}, entry.Changes)
		require.Equal(t, "source", entry.Entity)
		require.Equal(t, "callrail", entry.EntityID)

		rows, err := s.Sources(t.Context(), site.AccountID, site.ID)
		require.NoError(t, err)
		require.Equal(t, []websites.Source{changed}, rows)
	})
}

// changed changes an integration's rules and credentials: its version 2.
func changed(t *testing.T, s *models.Store, site websites.Site, id string) integrations.Integration {
	t.Helper()
	i, err := s.UpdateIntegration(t.Context(), modeltest.ActorOf(site), site.ID, id, func(x *integrations.Integration) error {
		x.Settings.Calls.Metrics[0] = conversion.MetricTarget // in place
		x.Credentials["secret"] = "whsec_other"
		x.Type, x.Version = "rtbhouse", 7 // must not change
		return nil
	})
	require.NoError(t, err)
	return i
}

func TestIntegrationChangesAreAudited(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		require.Equal(t, 1, i.Version)
		updated := changed(t, s, site, i.ID)
		require.Equal(t, 2, updated.Version)
		require.Equal(t, "webhook", updated.Type)
		read, err := s.Integration(t.Context(), site.AccountID, site.ID, i.ID)
		require.NoError(t, err)
		require.Equal(t, updated, read)
		entry := lastAudit(t, s, site.AccountID)
		require.Len(t, entry.Changes, 2)
		require.Equal(t, audit.Change{From: "set", To: "changed"}, entry.Changes["credentials.secret"])
		require.Contains(t, entry.Changes, "calls")

		same, err := s.UpdateIntegration(t.Context(), modeltest.ActorOf(site), site.ID, i.ID, func(*integrations.Integration) error { return nil })
		require.NoError(t, err)
		require.Equal(t, 2, same.Version, "nothing changed")
	})
}

func TestIntegrationVersions(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		changed(t, s, site, i.ID)
		for range 2 { // the second changes nothing
			require.NoError(t, s.SwitchOffIntegration(t.Context(), i.ID, delivery.FailuresInRow(10, delivery.AnsweredWith(500))))
		}
		entry := lastAudit(t, s, site.AccountID)
		require.Equal(t, "switched_off", entry.Action)
		require.Equal(t, "ringback", entry.Actor)
		require.Equal(t, map[string]any{"code": "failures_in_row", "count": 10.0, "last": map[string]any{"code": "answered", "status": 500.0}}, entry.Changes["reason"].To)

		versions, next, err := s.IntegrationVersions(t.Context(), site.AccountID, site.ID, i.ID, models.Page{Limit: 2})
		require.NoError(t, err)
		require.Len(t, versions, 2)
		require.Equal(t, 3, versions[0].Version)
		require.False(t, versions[0].Enabled)
		require.Equal(t, "ringback", versions[0].ChangedBy)
		require.Equal(t, []string{"secret"}, versions[1].CredentialsSet)
		versions, next, err = s.IntegrationVersions(t.Context(), site.AccountID, site.ID, i.ID, models.Page{Limit: 2, Cursor: next})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Equal(t, 1, versions[0].Version)
		require.Equal(t, conversion.MetricAll, versions[0].Settings.Calls.Metrics[0])
	})
}

func TestDeletedSettingsKeepTheirHistory(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		actor := modeltest.ActorOf(site)
		kept, dropped := modeltest.Integration(t, s, site), modeltest.Integration(t, s, site)
		delivery := modeltest.Delivery(t, s, site, dropped)
		require.NoError(t, s.DeleteIntegration(t.Context(), actor, site.ID, dropped.ID))
		_, err := s.Integration(t.Context(), site.AccountID, site.ID, dropped.ID)
		requireCode(t, fault.NotFound, err)
		requireCode(t, fault.NotFound, s.DeleteIntegration(t.Context(), actor, site.ID, dropped.ID))
		listed, _, err := s.Integrations(t.Context(), site.AccountID, site.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, listed, 1)
		require.Equal(t, kept.ID, listed[0].ID)
		_, i, _, err := s.DeliveryForSend(t.Context(), delivery.ID)
		require.NoError(t, err)
		require.NotNil(t, i.DeletedAt)
		require.Empty(t, i.Credentials)

		require.NoError(t, s.DeleteSite(t.Context(), actor, site.ID))
		_, err = s.Site(t.Context(), site.AccountID, site.ID)
		requireCode(t, fault.NotFound, err)
		sites, _, err := s.Sites(t.Context(), site.AccountID, models.Page{})
		require.NoError(t, err)
		require.Empty(t, sites)
		_, _, err = s.IntegrationVersions(t.Context(), site.AccountID, site.ID, kept.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, detail(t, s, site, delivery.ConversionID).Deliveries, 1)
		c, err := s.Case(t.Context(), delivery.ConversionID)
		require.NoError(t, err)
		require.Empty(t, c.Integrations)
	})
}

// An account that could set up without end would make the service work by the hundred for
// each of its leads.
func TestG6_AnAccountSetsUpNoMoreThanItsQuotas(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		keys, err := secrets.Generate()
		require.NoError(t, err)
		box, err := secrets.New(keys)
		require.NoError(t, err)
		s, err := models.Open(t.Context(), models.Options{
			DSN: dsn, Box: box, Clock: clockwork.NewRealClock(), Logger: slog.New(slog.DiscardHandler),
			Limits: quotas.Limits{quotas.Sites: 2, quotas.Tokens: 1, quotas.IntegrationsPerSite: 1, quotas.PoolsPerSite: 1, quotas.NumbersPerSite: 2, quotas.SourcesPerSite: 1},
		})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		actor, neighbour := modeltest.Actor(t, s), modeltest.Actor(t, s)

		site := modeltest.SiteOf(t, s, actor)
		results := make([]error, 4)
		atOnce(t, len(results), func(i int) error {
			results[i] = s.CreateSite(t.Context(), actor, &websites.Site{Name: "Shop"})
			return nil
		})
		require.Len(t, slices.DeleteFunc(slices.Clone(results), isConflict), 1, "one of four at once was within the quota")
		require.EqualError(t, s.CreateSite(t.Context(), actor, &websites.Site{Name: "Shop"}),
			"conflict: too_many_sites (2)")
		require.NoError(t, s.CreateSite(t.Context(), neighbour, &websites.Site{Name: "Shop"}), "another account has its own")
		require.NoError(t, s.DeleteSite(t.Context(), neighbour, modeltest.SiteOf(t, s, neighbour).ID))
		require.NoError(t, s.CreateSite(t.Context(), neighbour, &websites.Site{Name: "Shop"}), "a deleted one does not count")

		token := func() error {
			return s.CreateToken(t.Context(), actor, accounts.Token{ID: ids.New(ids.Token), AccountID: actor.AccountID, Role: accounts.RoleViewer, SecretHash: []byte{1}})
		}
		require.NoError(t, token())
		require.True(t, isConflict(token()))
		pool := func() error { return s.CreatePool(t.Context(), actor, &tracking.Pool{SiteID: site.ID, Name: "Ads"}) }
		require.NoError(t, pool())
		require.True(t, isConflict(pool()))
		numbers := func(texts ...string) error {
			var added []*tracking.Number
			for _, text := range texts {
				added = append(added, &tracking.Number{Number: text})
			}
			return s.CreateNumbers(t.Context(), actor, site.ID, added)
		}
		require.True(t, isConflict(numbers("+12025550151", "+12025550152", "+12025550153")))
		require.NoError(t, numbers("+12025550151", "+12025550152"))
		integration := func() error {
			return s.CreateIntegration(t.Context(), actor, &integrations.Integration{SiteID: site.ID, Type: "webhook", Name: "Own system"})
		}
		require.NoError(t, integration())
		require.True(t, isConflict(integration()))
		source := func(name string) error {
			_, err := s.PutSource(t.Context(), actor, site.ID, name, func(x *websites.Source) error { x.Enabled = !x.Enabled; return nil })
			return err
		}
		require.NoError(t, source("callrail"))
		require.NoError(t, source("callrail"), "a change is not another one")
		require.True(t, isConflict(source("twilio")))

		raise := func(limits quotas.Limits) error {
			return s.SetLimits(t.Context(), actor, actor.AccountID, func(own quotas.Limits) error { maps.Copy(own, limits); return nil })
		}
		require.NoError(t, raise(quotas.Limits{quotas.IntegrationsPerSite: 2, quotas.SourcesPerSite: 0}))
		require.NoError(t, integration(), "the operator has raised the limit of the account")
		require.True(t, isConflict(integration()))
		require.NoError(t, source("twilio"), "zero means no limit")
		require.True(t, isConflict(pool()), "the other limits stay")
		requireCode(t, fault.NotFound, s.SetLimits(t.Context(), actor, "acc_unknown", func(quotas.Limits) error { return nil }))
		used, err := s.Usage(t.Context(), actor.AccountID)
		require.NoError(t, err)
		require.Equal(t, quotas.Used{Count: 2}, used[quotas.Sites])
		require.Equal(t, quotas.Used{Count: 2, SiteID: site.ID}, used[quotas.NumbersPerSite])
		require.Equal(t, quotas.Used{Count: 2, SiteID: site.ID}, used[quotas.IntegrationsPerSite])
		require.Equal(t, quotas.Used{Count: 2, SiteID: site.ID}, used[quotas.SourcesPerSite])
		require.Equal(t, quotas.Used{Count: 1, SiteID: site.ID}, used[quotas.PoolsPerSite])
		require.Equal(t, quotas.Used{Count: 1}, used[quotas.Tokens])
		require.NoError(t, raise(quotas.Limits{quotas.Sites: 3}))
		require.Contains(t, lastAudit(t, s, actor.AccountID).Changes, "limits.sites")
	})
}
