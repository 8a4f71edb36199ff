package models_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		made, err := s.CreateAccount(t.Context(), modeltest.Actor(t, s), "Sample")
		require.NoError(t, err)
		read, err := s.Account(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, read)
		_, err = s.Account(t.Context(), "acc_none")
		requireCode(t, fault.NotFound, err)
	})
}

// things are the ids of a request.
type things struct{ site, integration, conversion, delivery, token string }

// questions are all reads and changes by id.
var questions = map[string]func(ctx context.Context, s *models.Store, who audit.Actor, of things) error{
	"site": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, err := s.Site(ctx, who.AccountID, of.site)
		return err
	},
	"update site": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, err := s.UpdateSite(ctx, who, of.site, func(*websites.Site) error { return nil })
		return err
	},
	"delete site": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		return s.DeleteSite(ctx, who, of.site)
	},
	"source": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, err := s.Source(ctx, who.AccountID, of.site, "callrail")
		return err
	},
	"sources": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, err := s.Sources(ctx, who.AccountID, of.site)
		return err
	},
	"put source": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, err := s.PutSource(ctx, who, of.site, "callrail", func(*websites.Source) error { return nil })
		return err
	},
	"delete source": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		return s.DeleteSource(ctx, who, of.site, "callrail")
	},
	"create integration": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		return s.CreateIntegration(ctx, who, &integrations.Integration{SiteID: of.site})
	},
	"integration": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, err := s.Integration(ctx, who.AccountID, of.site, of.integration)
		return err
	},
	"integrations": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, _, err := s.Integrations(ctx, who.AccountID, of.site, models.Page{})
		return err
	},
	"update integration": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, err := s.UpdateIntegration(ctx, who, of.site, of.integration, func(*integrations.Integration) error { return nil })
		return err
	},
	"delete integration": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		return s.DeleteIntegration(ctx, who, of.site, of.integration)
	},
	"versions": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, _, err := s.IntegrationVersions(ctx, who.AccountID, of.site, of.integration, models.Page{})
		return err
	},
	"conversions": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, _, err := s.Conversions(ctx, models.ConversionFilter{AccountID: who.AccountID, SiteID: of.site}, models.Page{})
		return err
	},
	"conversion": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, err := s.ConversionDetail(ctx, who.AccountID, of.conversion)
		return err
	},
	"deliveries": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, _, err := s.Deliveries(ctx, deliveries.Filter{AccountID: who.AccountID, SiteID: of.site}, models.Page{})
		return err
	},
	"delivery": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, _, err := s.Delivery(ctx, who.AccountID, of.delivery)
		return err
	},
	"resend": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, _, err := s.Resend(ctx, who, who.AccountID, of.delivery, resendID)
		return err
	},
	"resend many": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, err := s.ResendMany(ctx, who, deliveries.Filter{AccountID: who.AccountID, SiteID: of.site}, 1, resendID)
		return err
	},
	"count": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		_, err := s.CountDeliveries(ctx, deliveries.Filter{AccountID: who.AccountID, SiteID: of.site})
		return err
	},
	"revoke token": func(ctx context.Context, s *models.Store, who audit.Actor, of things) error {
		return s.RevokeToken(ctx, who, who.AccountID, of.token)
	},
}

// everything makes one of each thing in a site's account.
func everything(t *testing.T, s *models.Store, site websites.Site) things {
	t.Helper()
	i := modeltest.Integration(t, s, site)
	d := modeltest.Delivery(t, s, site, i)
	_, err := s.GiveUpDelivery(t.Context(), d.ID, example)
	require.NoError(t, err)
	_, err = s.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, "callrail", func(*websites.Source) error { return nil })
	require.NoError(t, err)
	token := accounts.Token{ID: ids.New(ids.Token), AccountID: site.AccountID, SecretHash: []byte{1}}
	require.NoError(t, s.CreateToken(t.Context(), modeltest.ActorOf(site), token))
	return things{site: site.ID, integration: i.ID, conversion: d.ConversionID, delivery: d.ID, token: token.ID}
}

// The answer to an id of another account is the same, letter for letter, as to an unknown id.
func TestG9_OtherAccountsThingsAreNotFound(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		of, stranger := everything(t, s, modeltest.Site(t, s)), modeltest.Actor(t, s)
		nothing := things{"site_none", "int_none", "cnv_none", "dlv_none", "tok_none"}
		for name, ask := range questions {
			err := ask(t.Context(), s, stranger, of)
			requireCode(t, fault.NotFound, err)
			require.EqualError(t, ask(t.Context(), s, stranger, nothing), err.Error(), name)
		}
	})
}

func TestG9_ListsHoldNothingOfOtherAccounts(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		of, account := everything(t, s, modeltest.Site(t, s)), modeltest.Actor(t, s).AccountID
		conversions, _, err := s.Conversions(t.Context(), models.ConversionFilter{AccountID: account}, models.Page{})
		require.NoError(t, err)
		require.Empty(t, conversions)
		deliveries, _, err := s.Deliveries(t.Context(), deliveries.Filter{AccountID: account}, models.Page{})
		require.NoError(t, err)
		require.Empty(t, deliveries)
		entries, _, err := s.Audit(t.Context(), account, audit.Filter{SiteID: of.site}, models.Page{})
		require.NoError(t, err)
		require.Empty(t, entries)
		tokens, _, err := s.Tokens(t.Context(), account, models.Page{})
		require.NoError(t, err)
		require.Empty(t, tokens)
		sites, _, err := s.Sites(t.Context(), account, models.Page{})
		require.NoError(t, err)
		require.Empty(t, sites)
	})
}
