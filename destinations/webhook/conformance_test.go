package webhook_test

import (
	"net/http"
	"testing"

	"github.com/jonboulle/clockwork"

	"ringback/destinations"
	"ringback/destinations/destinationtest"
	"ringback/destinations/webhook"
	"ringback/internal/settings"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	destinationtest.Run(t, destinationtest.Subject{
		New: func(c clockwork.Clock) destinations.Destination { return webhook.New(c) },
		Settings: func(baseURL string) settings.Values {
			return values(baseURL, newSecret+"\n"+oldSecret, "Authorization: Bearer sample-token-1\nX-Custom: sample/value 2")
		},
		Event:    call(),
		Identity: func(r *http.Request, _ []byte) string { return r.Header.Get("webhook-id") },
	})
}
