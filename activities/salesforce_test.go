package activities_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"ringback/destinations"
	"ringback/destinations/salesforce"
	"ringback/internal/outbound"
	"ringback/models/deliveries"
	"ringback/test/salesforcefake"
)

// salesforceField returns a field whose destination is Salesforce, with this many
// deliveries.
func salesforceField(t *testing.T, deliveries int) (field, *salesforcefake.Org) {
	t.Helper()
	f, org := newField(), salesforcefake.New(true)
	org.Now = f.clock.Now
	server := httptest.NewServer(org)
	t.Cleanup(server.Close)
	client := outbound.New(outbound.Options{AllowPrivate: true})
	t.Cleanup(client.Close)
	f.Destinations, f.Outbound = destinations.NewRegistry(salesforce.New(f.clock)), client
	f.store.integration.Type = "salesforce"
	f.store.integration.Settings.Options = map[string]string{"my_domain": server.URL}
	f.store.integration.Credentials = map[string]string{"client_id": salesforcefake.ClientID, "client_secret": salesforcefake.ClientSecret}
	for i := range deliveries {
		id := fmt.Sprint("dlv_", i+1)
		f.add(id)
		f.store.deliveries[id].Event.ID = fmt.Sprint("cnv_", i+1)
	}
	return f, org
}

// delayOf returns when the server dispatches again after an error.
func delayOf(t *testing.T, err error) time.Duration {
	t.Helper()
	var refused *temporal.ApplicationError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, temporal.ApplicationErrorCategoryBenign, refused.Category(), "%v", err)
	return refused.NextRetryDelay()
}

// retry dispatches all deliveries as the server does, each when it is due, until a
// time. It returns how many are delivered.
func (f field) retry(t *testing.T, until time.Time) int {
	t.Helper()
	due, delivered := map[string]time.Time{}, 0
	for id, d := range f.store.deliveries {
		if !d.State.Final() {
			due[id] = f.clock.Now()
		}
	}
	for len(due) > 0 {
		next := ""
		for id, at := range due {
			if next == "" || at.Before(due[next]) {
				next = id
			}
		}
		if due[next].After(until) {
			f.clock.Advance(max(until.Sub(f.clock.Now()), 0))
			return delivered
		}
		f.clock.Advance(max(due[next].Sub(f.clock.Now()), 0))
		got, err := f.dispatch(t, next)
		if err != nil {
			due[next] = f.clock.Now().Add(delayOf(t, err))
			continue
		}
		require.Equal(t, string(deliveries.Delivered), got.State)
		delete(due, next)
		delivered++
	}
	return delivered
}

func TestM2_EveryCallOfADaysOutageBecomesOneTask(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]salesforcefake.Fault{
		"unavailable":     {Status: http.StatusServiceUnavailable},
		"login away":      {Path: "/services/oauth2/token", Status: http.StatusBadGateway},
		"answers lost":    {Method: http.MethodPost, Path: "/sobjects/Task", Lost: true},
		"sign-in revoked": {Path: "/services/oauth2/token", Status: http.StatusBadRequest, Code: "invalid_grant"},
		"requests used":   {Path: "/sobjects", Status: http.StatusForbidden, Code: "REQUEST_LIMIT_EXCEEDED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const calls = 5
			f, org := salesforceField(t, calls)
			org.Fail(fault)
			delivered := f.retry(t, noon.Add(24*time.Hour))
			if !fault.Lost {
				require.Zero(t, delivered)
			}
			require.Less(t, len(org.Requests()), 500, "a day's outage is not a day's load")
			org.Heal()
			delivered += f.retry(t, noon.Add(27*time.Hour))
			require.Equal(t, calls, delivered)
			seen := map[any]int{}
			for _, task := range org.Records("Task") {
				seen[task["CallObject"]]++
			}
			require.Len(t, seen, calls)
			for id, n := range seen {
				require.Equal(t, 1, n, "%v", id)
			}
		})
	}
}
