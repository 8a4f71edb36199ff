package temporalite_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ringback/dev/temporalite"
)

// BenchmarkWorkflowWithOneActivity runs one workflow after the other on a data file.
// It measures the engine without Ringback's code.
func BenchmarkWorkflowWithOneActivity(b *testing.B) {
	server := start(b, temporalite.Options{DataFile: filepath.Join(b.TempDir(), temporalite.DataFileName())})
	b.Cleanup(func() { _ = server.Stop() })
	c := dial(b, server)
	work(b, c)
	run(b, c, "warm-up")

	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		run(b, c, fmt.Sprint("run-", len(took)))
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
