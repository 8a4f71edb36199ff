package rtbhouse_test

import (
	"net/http"
	"testing"

	"github.com/jonboulle/clockwork"

	"ringback/destinations"
	"ringback/destinations/destinationtest"
	"ringback/destinations/rtbhouse"
	"ringback/setup"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	destinationtest.Run(t, destinationtest.Subject{
		New:      func(c clockwork.Clock) destinations.Destination { return rtbhouse.New(c) },
		Settings: func(baseURL string) setup.Values { return settings(baseURL) },
		Event:    call(),
		Identity: func(r *http.Request, _ []byte) string { return r.URL.Query().Get("tag") },
	})
}
