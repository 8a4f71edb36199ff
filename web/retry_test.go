package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/outbox"
)

func TestRetry_DeliveriesAreTriedNowByAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ended := w.do("POST", "/deliveries/{delivery}/retry", adminToken, "")
	require.Equal(t, http.StatusConflict, ended.Code)
	require.Contains(t, ended.Body.String(), "only one that waits")

	site, err := w.store.Site(t.Context(), w.accountOfSite(t), w.names["site"])
	require.NoError(t, err)
	waiting := modeltest.Delivery(t, w.store, site, integrations.Integration{ID: w.names["integration"], SiteID: site.ID, Type: "rtbhouse", Version: 1})
	require.NoError(t, w.store.DeferDelivery(t.Context(), waiting.ID, delivery.Reason{Code: delivery.ReasonKeepsFailing}, w.clock.Now().Add(time.Hour)))
	w.names["waiting"] = waiting.ID
	require.Equal(t, object{"retried": 1.}, w.must("POST", "/deliveries/{waiting}/retry", ""))
	offered := w.relay.signals[len(w.relay.signals)-1]
	require.Equal(t, outbox.EventRetry, offered.EventType)
	require.Equal(t, waiting.ID, offered.DeliveryID)
	require.Equal(t, object{"retried": 0.}, w.must("POST", "/integrations/{integration}/retry", ""), "it is signalled already")
}
