package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// TestG1_AcceptedWhileTemporalIsDown checks that a 2xx means that the conversion is
// stored, and that the outbox is delivered later.
func TestG1_AcceptedWhileTemporalIsDown(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *harness.Stack) {
		d := harness.NewDestination(t)
		api := s.API()
		site := api.Site(nil)
		api.Webhook(site, d.URL+"/ok", nil)
		s.Temporal.Kill()
		for i := range 20 {
			api.Must("POST", "/api/v1/sites/"+site+"/leads", sampleLead(fmt.Sprint("lead-", i)))
		}
		ready := api.Must("GET", "/readyz", nil)
		require.Equal(t, "ok", ready["database"])
		require.Contains(t, ready["temporal"], "down")
		s.Service.Kill() // immediately afterwards
		s.StartService()
		s.StartTemporal()
		hits := d.WaitHits(t, "ok", 20, time.Minute)
		require.Len(t, unique(hits), 20)
	})
}

// TestG1_DatabaseDownAnswers503 checks that nothing is accepted that cannot be stored,
// and that the service recovers by itself.
func TestG1_DatabaseDownAnswers503(t *testing.T) {
	t.Parallel()
	dsn, pg := harness.NewDatabase(t, "postgres")
	s := harness.NewStack(t, harness.StackOptions{Database: dsn})
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	api.Webhook(site, d.URL+"/ok", nil)
	leads := "/api/v1/sites/" + site + "/leads"
	api.Must("POST", leads, sampleLead("before"))
	d.WaitHits(t, "ok", 1, time.Minute)

	pg.Crash()
	res, err := postLead(s, leads, "during")
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
	require.NotEmpty(t, res.Header.Get("Retry-After"))
	status, _, err := api.Try("GET", "/healthz", nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status, "alive: a restart would not help")
	status, _, err = api.Try("GET", "/readyz", nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, status)

	pg.Start()
	api.WaitFor("the lead that was refused", time.Minute, func() bool {
		status, _, err := api.Try("POST", leads, sampleLead("during"))
		return err == nil && status == http.StatusAccepted
	}, s.Service.Log)
	require.Len(t, unique(d.WaitHits(t, "ok", 2, time.Minute)), 2)
}

// TestGracefulShutdownFinishesSendsInProgress checks that SIGTERM during slow sends
// neither loses nor repeats any.
func TestGracefulShutdownFinishesSendsInProgress(t *testing.T) {
	t.Parallel()
	s := harness.NewStack(t, harness.StackOptions{})
	d := harness.NewDestination(t)
	d.Delay = 700 * time.Millisecond
	api := s.API()
	site := api.Site(nil)
	api.Webhook(site, d.URL+"/ok", nil)
	for i := range 20 {
		api.Must("POST", "/api/v1/sites/"+site+"/leads", sampleLead(fmt.Sprint("lead-", i)))
	}
	api.WaitFor("sends in progress", time.Minute, func() bool { return d.Requests("ok") >= 5 }, s.Service.Log)
	require.NoError(t, s.Service.Stop(time.Minute))
	inTime := len(d.Hits("ok"))
	require.Equal(t, d.Requests("ok"), inTime, "every send that was begun was finished")
	s.StartService()
	require.Len(t, unique(d.WaitHits(t, "ok", 20, time.Minute)), 20)
	require.Len(t, d.Hits("ok"), 20, "none twice")
}

func postLead(s *harness.Stack, path, externalID string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodPost, s.HTTP+path, jsonBody(sampleLead(externalID)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+harness.AdminToken)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err == nil {
		err = res.Body.Close()
	}
	return res, err
}

// unique returns the conversions that the destination received, with their counts.
func unique(hits []harness.Hit) map[string]int {
	ids := map[string]int{}
	for _, h := range hits {
		ids[h.ID]++
	}
	return ids
}
