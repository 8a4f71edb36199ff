package e2e_test

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// sendLeads posts leads of a site, several at a time, each until it is accepted.
func sendLeads(t *testing.T, api *harness.API, site, prefix string, n int) {
	sendAll(n, 8, func(i int) { untilAccepted(t, api, "/api/v1/sites/"+site+"/leads", sampleLead(fmt.Sprint(prefix, i))) }).Wait()
}

// TestG3_ASlowClientAtShutdownCausesNoDuplicate checks that sends end and are recorded
// while a client trickles its request during the shutdown.
func TestG3_ASlowClientAtShutdownCausesNoDuplicate(t *testing.T) {
	t.Parallel()
	s := harness.NewStack(t, harness.StackOptions{Env: []string{"RINGBACK_SHUTDOWN_TIMEOUT=12s"}})
	d := harness.NewDestination(t)
	d.Delay = 4 * time.Second
	api := s.API()
	site := api.Site(nil)
	api.Webhook(site, d.URL+"/ok", harness.JSON{"delivery": harness.JSON{"max_concurrent": 50}})
	script, err := url.Parse(api.Must("GET", "/api/v1/sites/"+site+"/script", nil)["script_url"].(string))
	require.NoError(t, err)
	sendLeads(t, api, site, "lead-", 20)
	api.WaitFor("sends under way", time.Minute, func() bool { return d.Requests("ok") == 20 }, func() string { return s.Service.Log() })

	conn, err := net.Dial("tcp", s.HTTP[len("http://"):])
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = fmt.Fprintf(conn, "POST %s/views HTTP/1.1\r\nHost: ringback.example\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\n{",
		strings.TrimSuffix(script.Path, ".js"))
	require.NoError(t, err)
	go func() { // until the server closes the connection
		for err == nil {
			<-time.After(500 * time.Millisecond)
			_, err = conn.Write([]byte(" "))
		}
	}()
	require.NoError(t, s.Service.Stop(time.Minute))

	s.StartService()
	for _, c := range api.Must("GET", "/api/v1/sites/"+site+"/conversions?limit=100", nil)["items"].([]any) {
		api.WaitConversion(c.(harness.JSON)["id"].(string), time.Minute, harness.Done)
	}
	hits := unique(d.Hits("ok"))
	require.Len(t, hits, 20)
	for id, n := range hits {
		require.Equal(t, 1, n, id)
	}
}
