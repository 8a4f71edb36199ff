package telemetry_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// monitoring is the folder of the alerts and the dashboard.
const monitoring = "../../deploy/monitoring"

// alert is what the tests read of an alert.
type alert struct {
	Alert       string
	Expr        string
	Labels      map[string]string
	Annotations map[string]string
}

func alerts(t *testing.T) []alert {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(monitoring, "alerts.yml"))
	require.NoError(t, err)
	var file struct{ Groups []struct{ Rules []alert } }
	require.NoError(t, yaml.Unmarshal(text, &file))
	var all []alert
	for _, group := range file.Groups {
		all = append(all, group.Rules...)
	}
	require.NotEmpty(t, all)
	return all
}

// queries returns the queries of the alerts and of the dashboard by what shows them.
func queries(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, a := range alerts(t) {
		all[a.Alert] = a.Expr
	}
	text, err := os.ReadFile(filepath.Join(monitoring, "dashboard.json"))
	require.NoError(t, err)
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ RefID, Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &board))
	require.NotEmpty(t, board.Panels)
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			all[panel.Title+" "+target.RefID] = target.Expr
		}
	}
	return all
}

var (
	selector  = regexp.MustCompile(`\b(ringback_\w+)(?:\{([^}]*)\})?`)
	matcher   = regexp.MustCompile(`(\w+) *(?:=~|!~|!=|=)`)
	grouping  = regexp.MustCompile(`\bby \(([^)]*)\)`)
	ofSamples = regexp.MustCompile(`_(bucket|sum|count)$`)
	// byPrometheus are labels that Prometheus or a histogram adds.
	byPrometheus = map[string]bool{"job": true, "instance": true, "le": true}
)

func TestMonitoringUsesMetricsAndLabelsThatExist(t *testing.T) {
	t.Parallel()
	known := metricLabels()
	for name, query := range queries(t) {
		labels := map[string]bool{}
		for _, found := range selector.FindAllStringSubmatch(query, -1) {
			metric := found[1]
			if _, ok := known[metric]; !ok {
				metric = ofSamples.ReplaceAllString(metric, "")
			}
			require.Contains(t, known, metric, "%s: no such metric", name)
			for _, label := range known[metric] {
				labels[label] = true
			}
			for _, match := range matcher.FindAllStringSubmatch(found[2], -1) {
				require.True(t, byPrometheus[match[1]] || labels[match[1]], "%s: %s has no label %s", name, metric, match[1])
			}
		}
		for _, group := range grouping.FindAllStringSubmatch(query, -1) {
			for label := range strings.SplitSeq(group[1], ", ") {
				require.True(t, byPrometheus[label] || labels[label], "%s: its metrics have no label %s", name, label)
			}
		}
	}
}

func TestEveryMetricIsOnTheDashboard(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(monitoring, "dashboard.json"))
	require.NoError(t, err)
	for _, metric := range metricNames() {
		require.Contains(t, string(text), metric)
	}
}

func TestEveryAlertHasAnActionAndATest(t *testing.T) {
	t.Parallel()
	var tests string
	for _, name := range []string{"alerts_test.yml", "alerts_days_test.yml"} {
		text, err := os.ReadFile(filepath.Join(monitoring, name))
		require.NoError(t, err)
		tests += string(text)
	}
	for _, a := range alerts(t) {
		require.Contains(t, []string{"page", "ticket"}, a.Labels["severity"], a.Alert)
		require.NotEmpty(t, a.Annotations["summary"], a.Alert)
		require.NotEmpty(t, a.Annotations["action"], a.Alert)
		require.Contains(t, tests, `labels: '{alertname="`+a.Alert+`"`, "no test in which it fires")
	}
}
