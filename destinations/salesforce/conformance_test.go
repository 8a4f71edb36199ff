package salesforce_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"ringback/destinations"
	"ringback/destinations/destinationtest"
	"ringback/destinations/salesforce"
	"ringback/internal/settings"
	"ringback/test/salesforcefake"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	org := salesforcefake.New(true)
	destinationtest.Run(t, destinationtest.Subject{
		New:      func(c clockwork.Clock) destinations.Destination { return salesforce.New(c) },
		Settings: func(baseURL string) settings.Values { return values(baseURL) },
		Event:    call(),
		Before: func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/sobjects/Task") {
				return false
			}
			org.ServeHTTP(w, r)
			return true
		},
		Identity: func(_ *http.Request, body []byte) string {
			var task struct{ CallObject string }
			_ = json.Unmarshal(body, &task)
			return task.CallObject
		},
	})
}
