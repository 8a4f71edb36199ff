package logintokens_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/crm/salesforce"
	"ringback/internal/outbound"
	"ringback/internal/settings"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/test/salesforcefake"
)

// Two processes, eight requests each, and a server that ends a refresh token with its
// first use: no process may use one that another has used already.
func TestM2_TwoWorkersRotateOneRefreshToken(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		workers := modeltest.OpenTwice(t, dsn, clockwork.NewRealClock())
		integration := modeltest.Integration(t, workers[0], modeltest.Site(t, workers[0]))
		org := salesforcefake.New(true)
		org.Rotate = true
		server := httptest.NewServer(org)
		t.Cleanup(server.Close)
		doer := outbound.New(outbound.Options{AllowPrivate: true})
		t.Cleanup(doer.Close)

		var failures sync.Map
		const rounds, each = 3, 8
		for range rounds {
			org.EndSessions()
			var all sync.WaitGroup
			for w, store := range workers {
				orgs := salesforce.NewOrgs(clockwork.NewRealClock())
				for i := range each {
					all.Go(func() {
						client := orgs.Client(doer, salesforce.Connection{
							BaseURL: server.URL, Version: salesforce.DefaultVersion, ClientID: salesforcefake.ClientID, ClientSecret: salesforcefake.ClientSecret,
							RefreshToken: salesforcefake.RefreshToken, Tokens: store.IntegrationTokens(integration.ID),
						})
						if _, err := client.Create(t.Context(), "Task", salesforce.Values{"Subject": "sample"}, nil); err != nil {
							failures.Store(fmt.Sprint(w, "/", i), err)
						}
					})
				}
			}
			all.Wait()
		}
		failures.Range(func(at, err any) bool { t.Errorf("%v: %v", at, err); return true })
		require.Len(t, org.Records("Task"), rounds*len(workers)*each)
		require.Equal(t, rounds, org.Logins(), "one renewal each time the sessions ended")
	})
}

func TestTokensOfAKilledRenewalAreRenewedAfterItsLease(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		tokens := s.IntegrationTokens(modeltest.Integration(t, s, modeltest.Site(t, s)).ID)
		ctx, kill := context.WithCancel(t.Context())
		begun, revived := make(chan struct{}), make(chan struct{})
		var killed sync.WaitGroup
		killed.Go(func() {
			_, err := tokens.Renew(ctx, 0, func(ctx context.Context, _ settings.TokenSet) (map[string]string, error) {
				close(begun)
				<-revived
				return map[string]string{"access_token": "late"}, nil
			})
			require.ErrorIs(t, err, settings.ErrTokensReplaced, "it lost its lease")
		})
		<-begun
		kill()

		waiting, stop := context.WithCancel(t.Context())
		waited := make(chan error, 1)
		go func() {
			_, err := tokens.Renew(waiting, 0, nil)
			waited <- err
		}()
		require.NoError(t, clock.BlockUntilContext(t.Context(), 1))
		stop()
		require.ErrorIs(t, <-waited, context.Canceled, "while the lease lasts")

		clock.Advance(2 * time.Minute)
		got, err := tokens.Renew(t.Context(), 0, func(context.Context, settings.TokenSet) (map[string]string, error) {
			return map[string]string{"access_token": "sample"}, nil
		})
		require.NoError(t, err)
		require.Equal(t, settings.TokenSet{Values: map[string]string{"access_token": "sample"}, Version: 1}, got)
		close(revived)
		killed.Wait()
		stored, err := tokens.Load(t.Context())
		require.NoError(t, err)
		require.Equal(t, got, stored)
	})
}

func TestFailedRenewalReleasesItsLease(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		tokens := s.IntegrationTokens(modeltest.Integration(t, s, modeltest.Site(t, s)).ID)
		refused := errors.New("refused")
		var calls atomic.Int32
		for range 2 {
			_, err := tokens.Renew(t.Context(), 0, func(context.Context, settings.TokenSet) (map[string]string, error) {
				calls.Add(1)
				return nil, refused
			})
			require.ErrorIs(t, err, refused)
		}
		require.EqualValues(t, 2, calls.Load())
		set, err := tokens.Load(t.Context())
		require.NoError(t, err)
		require.Empty(t, set.Values)
	})
}

func TestTokensEndWithTheCredentialsThatTheyBelongTo(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		tokens := s.IntegrationTokens(i.ID)
		issue := func(context.Context, settings.TokenSet) (map[string]string, error) {
			return map[string]string{"access_token": "sample"}, nil
		}
		enter := func(secret string) {
			_, err := s.UpdateIntegration(t.Context(), modeltest.ActorOf(site), site.ID, i.ID, func(i *integrations.Integration) error {
				i.Credentials["signing_secret"] = secret
				return nil
			})
			require.NoError(t, err)
		}
		first, err := tokens.Renew(t.Context(), 0, issue)
		require.NoError(t, err)
		enter("whsec_second")
		dropped, err := tokens.Load(t.Context())
		require.NoError(t, err)
		require.Empty(t, dropped.Values)
		require.Greater(t, dropped.Version, first.Version)

		_, err = tokens.Renew(t.Context(), dropped.Version, func(ctx context.Context, set settings.TokenSet) (map[string]string, error) {
			enter("whsec_third")
			return issue(ctx, set)
		})
		require.ErrorIs(t, err, settings.ErrTokensReplaced, "what was obtained with the old credentials is not stored")

		again, err := tokens.Renew(t.Context(), first.Version, issue)
		require.NoError(t, err)
		require.Equal(t, "sample", again.Values["access_token"], "a caller that has seen older tokens obtains new ones")
	})
}

func TestG8_TokensAreSealedAtRestAndResealed(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		tokens := s.IntegrationTokens(modeltest.Integration(t, s, modeltest.Site(t, s)).ID)
		_, err := tokens.Renew(t.Context(), 0, func(context.Context, settings.TokenSet) (map[string]string, error) {
			return map[string]string{"access_token": "sample-secret-token"}, nil
		})
		require.NoError(t, err)
		count, err := s.Reseal(t.Context())
		require.NoError(t, err)
		require.Equal(t, models.Resealed{Sealed: 2}, count, "the integration and its tokens")
		set, err := tokens.Load(t.Context())
		require.NoError(t, err)
		require.Equal(t, "sample-secret-token", set.Values["access_token"])
	})
}
