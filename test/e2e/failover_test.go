package e2e_test

import (
	"flag"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

var failoverConversions = flag.Int("failover", 120, "how many conversions the test of a fail-over reports; 500 is the long form")

// failoverBound is how long it may take until the replica is used.
const failoverBound = 10 * time.Second

// servers returns the DSN of a database on two clusters.
func servers(t *testing.T, primary, replica *harness.Postgres) string {
	t.Helper()
	first, err := url.Parse(primary.DSN())
	require.NoError(t, err)
	second, err := url.Parse(replica.DSN())
	require.NoError(t, err)
	first.Host, first.Path = first.Host+","+second.Host, "/ringback"
	return first.String() + "&target_session_attrs=read-write"
}

// TestG3_ReplicaIsPromotedInTheMiddle ends the primary while conversions are in progress
// and promotes its replica. Nothing that was accepted is lost. A conversion may reach the
// destination twice only if the primary ended between the destination's answer and our
// record of it.
func TestG3_ReplicaIsPromotedInTheMiddle(t *testing.T) {
	t.Parallel()
	primary := harness.StartPostgres(t)
	primary.Database("ringback")
	replica := primary.StartReplica()
	s := harness.NewStack(t, harness.StackOptions{Database: servers(t, primary, replica)})
	d := harness.NewDestination(t)
	d.Delay = 30 * time.Millisecond
	api := s.API()
	site := api.Site(nil)
	api.Webhook(site, d.URL+"/ok", nil)

	var accepted sync.Map // conversion id -> true
	senders := sendAll(*failoverConversions, 4, func(i int) { accepted.Store(sendUntilAccepted(t, api, site, i), true) })
	d.WaitHits(t, "ok", *failoverConversions/3, 3*time.Minute)
	primary.Crash()
	replica.Promote()
	promoted := time.Now()
	requireAccepted(t, s, api, site, failoverBound)
	took := time.Since(promoted)
	senders.Wait()
	interrupted := requireDelivered(t, api, d, withLead(&accepted, api, site, t), *failoverConversions+1)
	t.Logf("%d conversions, accepted again %v after the promotion: %d attempts interrupted, %d requests at the destination",
		*failoverConversions, took.Round(10*time.Millisecond), interrupted, len(d.Hits("ok")))
}

// requireAccepted requires that a lead is accepted within a time.
func requireAccepted(t *testing.T, s *harness.Stack, api *harness.API, site string, within time.Duration) {
	t.Helper()
	api.WaitFor("a lead that is accepted", within, func() bool {
		status, _, err := api.Try(http.MethodPost, "/api/v1/sites/"+site+"/leads", sampleLead("after"))
		return err == nil && status == http.StatusAccepted
	}, s.Service.Log)
}

// withLead adds the conversion of the lead of requireAccepted.
func withLead(accepted *sync.Map, api *harness.API, site string, t *testing.T) *sync.Map {
	t.Helper()
	accepted.Store(untilAccepted(t, api, "/api/v1/sites/"+site+"/leads", sampleLead("after")), true)
	return accepted
}

// TestG1_PrimaryThatBecomesReadOnlyIsLeft makes the primary refuse writes while it goes on
// answering, as after a fail-over that it has not noticed.
func TestG1_PrimaryThatBecomesReadOnlyIsLeft(t *testing.T) {
	t.Parallel()
	primary := harness.StartPostgres(t)
	primary.Database("ringback")
	replica := primary.StartReplica()
	s := harness.NewStack(t, harness.StackOptions{Database: servers(t, primary, replica)})
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	api.Webhook(site, d.URL+"/ok", nil)
	leads := "/api/v1/sites/" + site + "/leads"
	api.Must("POST", leads, sampleLead("before"))
	d.WaitHits(t, "ok", 1, time.Minute)

	primary.Exec("ALTER SYSTEM SET default_transaction_read_only = on")
	primary.Exec("SELECT pg_reload_conf()")
	api.WaitFor("/readyz to name the database", failoverBound, func() bool {
		status, report, err := api.Try(http.MethodGet, "/readyz", nil)
		return err == nil && status == http.StatusServiceUnavailable && report["database"] == "down"
	}, s.Service.Log)
	res, err := postLead(s, leads, "during")
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
	require.NotEmpty(t, res.Header.Get("Retry-After"))

	replica.Promote()
	requireAccepted(t, s, api, site, failoverBound)
	api.WaitFor("/readyz", failoverBound, func() bool {
		status, _, err := api.Try(http.MethodGet, "/readyz", nil)
		return err == nil && status == http.StatusOK
	}, s.Service.Log)
	require.Len(t, unique(d.WaitHits(t, "ok", 2, time.Minute)), 2)
}
