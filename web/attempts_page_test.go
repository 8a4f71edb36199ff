package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/models/deliveries"
)

// attempt makes so many attempts of a delivery, each of which fails.
func (w *world) attempt(id string, count int) {
	w.t.Helper()
	of, _, _, err := w.store.DeliveryForSend(w.t.Context(), id)
	require.NoError(w.t, err)
	next := w.clock.Now().Add(time.Minute)
	for range count {
		begun, err := w.store.BeginAttempt(w.t.Context(), id, time.Minute)
		require.NoError(w.t, err)
		require.NoError(w.t, w.store.EndAttempt(w.t.Context(), deliveries.AttemptEnd{
			ConversionID: of.ConversionID, State: deliveries.Retrying, NextTryAt: &next,
			Attempt: deliveries.Attempt{
				DeliveryID: id, SiteID: of.SiteID, IntegrationID: of.IntegrationID, Number: begun.Number, StartedAt: w.clock.Now(), Class: delivery.ClassUnavailable,
				Request: delivery.Message{Method: http.MethodPost, URL: fmt.Sprint("https://hooks.example.com/attempt-", begun.Number)},
			},
		}))
	}
}

// TestG4_AllAttemptsOfADeliveryAreOnPages follows the link of the page of a call through all attempts.
func TestG4_AllAttemptsOfADeliveryAreOnPages(t *testing.T) {
	t.Parallel()
	const made = 2*deliveries.ShownAttempts + 5
	w := newWorld(t)
	delivered := w.plan("call-tried")
	w.attempt(delivered, deliveries.ShownAttempts)
	conversion := w.must("GET", "/deliveries/"+delivered, "")["conversion_id"].(string)
	address := w.fill("/sites/{site}/deliveries/" + delivered + "/attempts")
	require.NotContains(t, w.browse("/conversions/"+conversion, adminToken).Body.String(), address, "all are shown")
	w.attempt(delivered, made-deliveries.ShownAttempts)
	shown := w.browse("/conversions/"+conversion, adminToken).Body.String()
	require.Contains(t, shown, fmt.Sprintf("There were %d attempts", made))
	require.Contains(t, shown, `href="`+address+`"`)

	next := regexp.MustCompile(`<a class="button" href="([^"]+)" rel="next">`)
	var numbers []string
	for page := address; page != ""; {
		answer := w.browse(page, adminToken)
		require.Equal(t, http.StatusOK, answer.Code)
		body := answer.Body.String()
		require.Contains(t, body, "/conversions/"+conversion)
		for _, found := range regexp.MustCompile(`hooks.example.com/attempt-(\d+)`).FindAllStringSubmatch(body, -1) {
			numbers = append(numbers, found[1])
		}
		if page = ""; next.MatchString(body) {
			page = strings.ReplaceAll(next.FindStringSubmatch(body)[1], "&amp;", "&")
		}
	}
	require.Len(t, numbers, made)
	for i, number := range numbers {
		require.Equal(t, fmt.Sprint(made-i), number, "the last one first")
	}
	w.names["other"] = w.must("POST", "/sites", `{"name":"Other","domains":["other.example.com"],"time_zone":"UTC"}`)["id"].(string)
	require.Equal(t, http.StatusNotFound, w.browse("/sites/{other}/deliveries/"+delivered+"/attempts", adminToken).Code)
}
