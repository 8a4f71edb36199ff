package e2e_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// versioned are the settings of workers that are a version of a deployment.
func versioned(build string) []string {
	return []string{"RINGBACK_WORKER_VERSIONING=true", "RINGBACK_WORKER_BUILD=" + build}
}

// sentBy reports whether a process has sent a conversion.
func sentBy(p *harness.Process, conversion string) bool {
	return logged(p, "delivery.attempted", conversion)
}

// waitSentBy waits until a process has logged that it has sent a delivery of a conversion. It
// logs that after it has stored it.
func waitSentBy(api *harness.API, p *harness.Process, conversion string) {
	api.WaitFor("the process that is to send has sent", time.Minute, func() bool { return sentBy(p, conversion) }, p.Log)
}

// decidedBy reports whether a process has decided a conversion.
func decidedBy(p *harness.Process, conversion string) bool {
	return logged(p, "conversion.decided", conversion)
}

// logged reports whether a process has logged a message about a conversion.
func logged(p *harness.Process, message, conversion string) bool {
	for line := range strings.Lines(p.Log()) {
		if strings.Contains(line, message) && strings.Contains(line, conversion) {
			return true
		}
	}
	return false
}

// waitFirstIsCurrent waits until the first version has made itself current. Its workers may not
// have polled yet: then there is no deployment whose status could be read.
func waitFirstIsCurrent(s *harness.Stack) {
	current := regexp.MustCompile(`one +current`)
	s.API().WaitFor("the first version is current by itself", 2*time.Minute, func() bool {
		status, err := s.TryRun("rollout", "status")
		return err == nil && current.MatchString(status)
	}, s.Service.Log)
}

// TestVersions_OldRunsEndOnOldWorkers rolls out a build whose workflows have one more step
// than those of the build before, so that it replays none of their histories. It rolls
// back then.
func TestVersions_OldRunsEndOnOldWorkers(t *testing.T) {
	t.Parallel()
	changed := harness.BuildChanged(t, "workflows/base.go",
		"\tprogress := &Progress{", "\t_ = workflow.Sleep(ctx, time.Millisecond)\n\tprogress := &Progress{")
	s := harness.NewStack(t, harness.StackOptions{Database: harness.SharedDatabase(t, "postgres"), Env: versioned("one")})
	first := s.Service
	d := harness.NewDestination(t)
	api := s.API()
	hanging, healthy := api.Site(nil), api.Site(nil)
	api.Webhook(hanging, d.URL+"/hang", harness.JSON{"delivery": harness.JSON{"timeout_seconds": 30}})
	api.Webhook(healthy, d.URL+"/ok", harness.JSON{"calls": harness.JSON{"metrics": []string{"target"}}})
	api.Webhook(healthy, d.URL+"/early", nil)
	lead := func(site, name string) string {
		return api.Must("POST", "/api/v1/sites/"+site+"/leads", sampleLead(name))["conversion_id"].(string)
	}
	waitFirstIsCurrent(s)

	begun, start := lead(hanging, "begun"), time.Now().Add(-time.Minute)
	events := "/api/v1/sites/" + healthy + "/calls/waiting/events"
	waiting := api.Must("POST", events, sampleCall("e1", "visitor-1", start))["conversion_id"].(string)
	api.WaitFor("the lead is being sent", time.Minute, func() bool { return d.Requests("hang") == 1 }, first.Log)
	d.WaitHits(t, "early", 1, time.Minute) // so the call waits for its end

	second := s.StartWorkerOf(changed, versioned("two")...)
	require.Contains(t, second.Log(), "workers.not_current")
	before := lead(healthy, "before")
	api.WaitConversion(before, time.Minute, harness.Done)
	require.False(t, sentBy(second, before), "a version that is not promoted gets nothing")
	require.Contains(t, s.Run("rollout", "promote", "two", "--leave-running"), "runs stay with one")
	require.Regexp(t, `two +current[^\n]*\n(.*\n)*one +draining`, s.Run("rollout", "status"))

	after := lead(healthy, "after")
	api.WaitConversion(after, time.Minute, harness.Done)
	waitSentBy(api, second, after)
	require.False(t, sentBy(first, after))
	api.Must("POST", events, harness.JSON{"event_id": "e2", "type": "ended", "at": start.Add(40 * time.Second).Format(time.RFC3339), "outcome": "answered", "talk_seconds": 30})
	api.WaitConversion(waiting, time.Minute, harness.Done)
	api.WaitFor("the call that waited to end where it began", time.Minute, func() bool { return decidedBy(first, waiting) }, first.Log)

	s.Run("rollout", "move", "one") // the lead goes to workers that cannot replay it
	d.Release()
	noticed := func() bool { return strings.Contains(second.Log(), "TMPRL1100") }
	api.WaitFor("the new workers to refuse the old history", time.Minute, noticed, second.Log)
	require.Contains(t, s.Run("rollout", "back"), "one takes all that is new")
	api.WaitConversion(begun, time.Minute, harness.Done)
	waitSentBy(api, first, begun)
	require.False(t, sentBy(second, begun))
	rolledBack := lead(healthy, "rolled-back")
	api.WaitConversion(rolledBack, time.Minute, harness.Done)
	waitSentBy(api, first, rolledBack)
	require.Len(t, unique(d.Hits("hang")), 1)
}

// TestVersions_RampAndOff tries a build with all that is new, ends the trial, and returns to
// workers without a version.
func TestVersions_RampAndOff(t *testing.T) {
	t.Parallel()
	s := harness.NewStack(t, harness.StackOptions{Database: harness.SharedDatabase(t, "postgres"), Env: versioned("one")})
	first := s.Service
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	api.Webhook(site, d.URL+"/ok", nil)
	requireSentBy := func(p *harness.Process, name string) {
		t.Helper()
		lead := api.Must("POST", "/api/v1/sites/"+site+"/leads", sampleLead(name))["conversion_id"].(string)
		api.WaitConversion(lead, time.Minute, harness.Done)
		waitSentBy(api, p, lead)
	}
	waitFirstIsCurrent(s)
	second := s.StartWorkerOf(harness.Build(t, harness.Ringback), versioned("two")...)
	unversioned := s.StartWorkerOf(harness.Build(t, harness.Ringback), "RINGBACK_WORKER_VERSIONING=false")
	requireSentBy(first, "before")

	s.Run("rollout", "ramp", "two", "--percent", "100")
	require.Regexp(t, `two +ramping, 100 percent`, s.Run("rollout", "status"))
	requireSentBy(second, "tried")
	s.Run("rollout", "ramp", "two", "--percent", "0")
	require.NotContains(t, s.Run("rollout", "status"), "ramping")
	requireSentBy(first, "after-the-trial")

	require.Contains(t, s.Run("rollout", "off"), "workers without a version take all that is new")
	require.Regexp(t, `\(without a version\) +current`, s.Run("rollout", "status"))
	requireSentBy(unversioned, "without-a-version")
}
