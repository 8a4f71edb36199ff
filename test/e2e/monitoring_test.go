package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// monitoringFile returns the path of a file of deploy/monitoring.
func monitoringFile(name string) string {
	return filepath.Join(harness.RepoRoot(), "deploy", "monitoring", name)
}

func TestAlertsAreValidAndFireWhenTheyShould(t *testing.T) {
	t.Parallel()
	promtool := harness.Program(t, "promtool", "prometheus")
	for _, args := range [][]string{
		{"check", "config", monitoringFile("prometheus.yml")},
		{"check", "rules", monitoringFile("alerts.yml")},
		{"test", "rules", monitoringFile("alerts_test.yml")},
		{"test", "rules", monitoringFile("alerts_days_test.yml")},
	} {
		out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput()
		require.NoError(t, err, "promtool %s: %s", strings.Join(args, " "), out)
	}
}

// dashboardQueries returns the queries of the dashboard by panel.
func dashboardQueries(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(monitoringFile("dashboard.json"))
	require.NoError(t, err)
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ RefID, Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &board))
	all := map[string]string{}
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			all[panel.Title+" "+target.RefID] = strings.ReplaceAll(target.Expr, "$__rate_interval", "1m")
		}
	}
	return all
}

// TestMonitoringOfARealRun has Prometheus read the metrics of the service. All queries
// of the dashboard must have data if the service counts what they show, and a delivery
// that a destination refuses must fire its alert.
func TestMonitoringOfARealRun(t *testing.T) {
	t.Parallel()
	s := harness.NewStack(t, harness.StackOptions{})
	p := harness.StartPrometheus(t, s, monitoringFile("alerts.yml"))
	d := harness.NewDestination(t)
	api := s.API()
	api.WaitFor("the first scrape", time.Minute, func() bool {
		n, err := p.Series(`up{job="ringback"} == 1`)
		return err == nil && n == 1
	}, p.Log)
	site := api.Site(nil)
	api.Webhook(site, d.URL+"/ok", nil)
	refusing := api.Site(nil)
	api.Webhook(refusing, d.URL+"/404", nil)
	for i := range 5 {
		api.Must("POST", "/api/v1/sites/"+site+"/leads", sampleLead(fmt.Sprint("lead-", i)))
	}
	api.Must("POST", "/api/v1/sites/"+refusing+"/leads", sampleLead("refused"))
	d.WaitHits(t, "ok", 5, time.Minute)

	api.WaitFor("the alert", time.Minute, func() bool {
		n, err := p.Series(`ALERTS{alertname="RingbackAttemptsRefused",alertstate="firing",type="webhook",class="refused"}`)
		return err == nil && n == 1
	}, p.Log)
	firing, err := p.Series(`ALERTS{alertstate="firing"}`)
	require.NoError(t, err)
	require.Equal(t, 1, firing, "and no other fires")
	requireHealthyRules(t, p)
	api.WaitFor("two scrapes of what was delivered", time.Minute, func() bool {
		n, err := p.Series(`ringback_delivered_total offset 2s`)
		return err == nil && n > 0
	}, p.Log)
	requireData(t, p, dashboardQueries(t))
}

func requireHealthyRules(t *testing.T, p *harness.Prometheus) {
	t.Helper()
	var data struct {
		Groups []struct {
			Rules []struct{ Name, Health, LastError string }
		}
	}
	require.NoError(t, p.Get("/api/v1/rules", nil, &data))
	require.NotEmpty(t, data.Groups)
	for _, group := range data.Groups {
		for _, rule := range group.Rules {
			require.Equal(t, "ok", rule.Health, "%s: %s", rule.Name, rule.LastError)
		}
	}
}

// requireData requires series of each query whose metrics the service has counted.
// Queries of single values of a label may have none.
func requireData(t *testing.T, p *harness.Prometheus, queries map[string]string) {
	t.Helper()
	metric := regexp.MustCompile(`\b(ringback|process|go)_\w+`)
	withData := 0
	for name, query := range queries {
		series, err := p.Series(query)
		require.NoError(t, err, "%s: %s", name, query)
		for _, m := range metric.FindAllString(query, -1) {
			counted, err := p.Series(m)
			require.NoError(t, err)
			if counted > 0 && !strings.Contains(query, `=~"`) {
				require.Positive(t, series, "%s: %s has values, and the query none: %s", name, m, query)
				withData++
			}
		}
	}
	require.Greater(t, withData, 20, "most of the dashboard was tried")
}
