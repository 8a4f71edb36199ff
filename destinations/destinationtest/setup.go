package destinationtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/destinations"
	"ringback/explanation"
	"ringback/internal/locale"
	"ringback/internal/outbound"
)

// checksSetup checks that a check of a set-up sends no event, that each finding has a
// message, and that none holds a credential, even if the receiver echoes it (G8). A
// destination without such a check passes.
func (s Subject) checksSetup(t *testing.T) {
	t.Parallel()
	checker, ok := s.New(clockwork.NewFakeClockAt(now)).(destinations.SetupChecker)
	if !ok {
		return
	}
	var events atomic.Int32
	works := s.serve(t, func(http.ResponseWriter, *http.Request) { events.Add(1) })
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": string(body), "error_description": fmt.Sprint(r.Header)})
	}))
	t.Cleanup(refuses.Close)
	client := outbound.New(outbound.Options{AllowPrivate: true})
	t.Cleanup(client.Close)
	for address, met := range map[string]bool{works: true, refuses.URL: false} {
		findings := checker.CheckSetup(t.Context(), client, s.Settings(address))
		require.NotEmpty(t, findings)
		for _, f := range findings {
			require.Equal(t, met, f.Met, "%+v", f)
			for _, l := range locale.Languages() {
				said := explanation.In(l).Reason(f.Reason)
				require.NotEqual(t, string(f.Reason.Code), said, "a code without a message in %s", l)
				for _, secret := range s.secrets() {
					require.NotContains(t, said, secret)
				}
			}
		}
	}
	require.Zero(t, events.Load(), "an event was sent")
}
