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

func TestOperatorsPageListsEveryMetric(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/operators.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(guide), "| metric | labels | alert when |")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	var shown []string
	for row := range strings.Lines(table) {
		first, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
		for _, match := range shownName.FindAllStringSubmatch(first, -1) {
			shown = append(shown, match[1])
		}
	}
	require.ElementsMatch(t, metricNames(), shown)
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
