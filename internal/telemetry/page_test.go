package telemetry_test

import (
	"log/slog"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"ringback/internal/telemetry"
)

// keeping keeps the collectors that are registered, and registers none.
type keeping struct {
	prometheus.Registerer

	collectors []prometheus.Collector
}

func (k *keeping) MustRegister(collectors ...prometheus.Collector) {
	k.collectors = append(k.collectors, collectors...)
}

var (
	describedName   = regexp.MustCompile(`fqName: "(\w+)"`)
	describedLabels = regexp.MustCompile(`variableLabels: \{([^}]*)\}`)
	shownName       = regexp.MustCompile("`(ringback_\\w+)`")
)

// rowsOfMetrics returns the rows of the operators' page's table of metrics, each as its cells.
func rowsOfMetrics(t *testing.T) (rows [][]string) {
	t.Helper()
	guide, err := os.ReadFile("../../docs/operators.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(guide), "| metric | labels | alert when |\n| --- | --- | --- |\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	for row := range strings.Lines(table) {
		rows = append(rows, strings.Split(strings.Trim(row, "|\n"), "|"))
		require.Len(t, rows[len(rows)-1], 3, row)
	}
	return rows
}

func TestOperatorsPageListsEveryMetric(t *testing.T) {
	t.Parallel()
	var shown []string
	for _, row := range rowsOfMetrics(t) {
		for _, match := range shownName.FindAllStringSubmatch(row[0], -1) {
			shown = append(shown, match[1])
		}
	}
	require.ElementsMatch(t, metricNames(), shown)
}

// TestOperatorsPageSaysWhichMetricsHaveAlerts checks that the alerts are those of the operators'
// page: each row is about a metric that has one, or begins with "no alert".
func TestOperatorsPageSaysWhichMetricsHaveAlerts(t *testing.T) {
	t.Parallel()
	var expressions strings.Builder
	for _, a := range alerts(t) {
		expressions.WriteString(a.Expr)
	}
	for _, row := range rowsOfMetrics(t) {
		hasAlert := slices.ContainsFunc(shownName.FindAllStringSubmatch(row[0], -1), func(match []string) bool {
			return regexp.MustCompile(match[1] + `(_bucket)?\b`).MatchString(expressions.String())
		})
		require.NotEqual(t, hasAlert, strings.HasPrefix(strings.TrimSpace(row[2]), "no alert"), row[0])
	}
}

// metricNames returns the names of the service's own metrics.
func metricNames() []string { return slices.Sorted(maps.Keys(metricLabels())) }

// metricLabels returns the labels of the service's own metrics by name.
func metricLabels() map[string][]string {
	kept := &keeping{}
	telemetry.NewMetrics(kept)
	kept.MustRegister(telemetry.NewBacklogCollector(nil, clockwork.NewFakeClock(), slog.Default()), telemetry.NewPoolsCollector(nil, nil))
	descriptions := make(chan *prometheus.Desc, 100)
	for _, collector := range kept.collectors {
		collector.Describe(descriptions)
	}
	close(descriptions)
	labels := map[string][]string{}
	for d := range descriptions {
		of := describedLabels.FindStringSubmatch(d.String())[1]
		labels[describedName.FindStringSubmatch(d.String())[1]] = strings.FieldsFunc(of, func(r rune) bool { return r == ',' })
	}
	return labels
}
