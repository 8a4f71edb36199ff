package activities_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/activities"
	"ringback/internal/delivery"
	"ringback/models"
	"ringback/models/database"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// later returns a Doer whose requests have to be of what can be done later.
func later(t *testing.T, d delivery.Doer) doer {
	return func(r *http.Request) (*http.Response, error) {
		require.True(t, database.IsLater(r.Context()), "it would keep decisions from connections to the database")
		return d.Do(r)
	}
}

// The API of a provider hangs, whose calls many sites ask for.
func TestG6_AHangingProviderHoldsFewSlotsOfAWorker(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		w.Outbound = later(t, w.Outbound)
		asked, hangUp := make(chan struct{}, 3), make(chan struct{})
		hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			asked <- struct{}{}
			<-hangUp
		}))
		defer hanging.Close()
		well := w.apiURL(t)
		w.set(t, func(m *websites.Source) { m.Options["api_url"] = hanging.URL })
		clock.Advance(time.Hour)
		var under sync.WaitGroup
		for range 2 { // as many as a host may have
			under.Go(func() { _, _ = w.part(t) })
			<-asked
		}
		before := w.state(t)
		refused := make(chan error, 1)
		go func() {
			_, err := w.part(t)
			refused <- err
		}()
		var err error
		select {
		case err = <-refused:
		case <-asked:
			close(hangUp)
			t.Fatal("the provider is asked once more")
		}
		shown, delay := refusal(t, err, activities.ErrorWaiting)
		require.Equal(t, "waiting: readings_host", shown)
		require.GreaterOrEqual(t, delay, time.Second)
		require.Equal(t, before, w.state(t), "it has not begun")

		leave, err := w.Gate.Enter(t.Context(), delivery.Origin{SiteID: "site_1", IntegrationID: "int_1"}, delivery.Limits{Slots: 1})
		require.NoError(t, err)
		leave()
		w.set(t, func(m *websites.Source) { m.Options["api_url"] = well })
		w.round(t) // of another host
		close(hangUp)
		under.Wait()
		w.round(t)
	})
}

func (w *listWorld) apiURL(t *testing.T) string {
	t.Helper()
	source, err := w.store.Source(t.Context(), w.site.AccountID, w.site.ID, w.source)
	require.NoError(t, err)
	return source.Options["api_url"]
}

func TestG6_ReadingsOfACRMHoldFewSlotsOfAWorker(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := readsSalesforce(t, s, clock)
		w.Outbound = later(t, w.Outbound)
		w.round(t)
		address, err := url.Parse(w.integration.Settings.Options["my_domain"])
		require.NoError(t, err)
		var leave func()
		for _, key := range []string{"int_2", "int_3"} {
			leave, err = w.Gate.EnterReading(key, address.Host)
			require.NoError(t, err)
		}
		before, _ := w.state(t)
		_, err = w.part(t)
		shown, delay := refusal(t, err, activities.ErrorWaiting)
		require.Equal(t, "waiting: readings_host", shown)
		after, _ := w.state(t)
		require.Equal(t, before, after)
		leave()
		clock.Advance(delay)
		w.round(t)
		w.round(t)
	})
}
