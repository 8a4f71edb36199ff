package rtbhouse_test

import (
	"net/http"
	"testing"

	"github.com/jonboulle/clockwork"

	"ringback/destinations"
	"ringback/destinations/destinationtest"
	"ringback/destinations/rtbhouse"
	"ringback/internal/settings"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	destinationtest.Run(t, destinationtest.Subject{
		New:      func(c clockwork.Clock) destinations.Destination { return rtbhouse.New(c) },
		Settings: func(baseURL string) settings.Values { return values(baseURL) },
		Event:    call(),
		Identity: func(r *http.Request, _ []byte) string { return r.URL.Query().Get("tag") },
	})
}
