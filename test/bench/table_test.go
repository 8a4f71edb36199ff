package bench_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

// row is one line of the table that a run prints.
type row struct{ what, ringback, bare, ratio, goal string }

var (
	tableMu sync.Mutex
	table   []row
)

func report(r row) {
	tableMu.Lock()
	defer tableMu.Unlock()
	table = append(table, r)
}

func TestMain(m *testing.M) {
	code := m.Run()
	if len(table) > 0 {
		printTable()
	}
	os.Exit(code)
}

func printTable() {
	fmt.Printf("\nmachine: %d cores, %s/%s, %s; %s\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), postgresVersion())
	fmt.Println("everything runs on this one machine: Temporal, the database, Ringback, the destination and the load")
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "what\tRingback\tbare engine\tratio\tgoal")
	for _, r := range table {
		fmt.Fprintln(w, strings.Join([]string{r.what, r.ringback, r.bare, r.ratio, r.goal}, "\t"))
	}
	_ = w.Flush()
}

func postgresVersion() string {
	out, err := exec.Command("psql", "--version").Output()
	if err != nil {
		return "no PostgreSQL"
	}
	return strings.TrimSpace(string(out))
}

// percentile returns the p-th percentile (0 to 100) of the durations.
func percentile(d []time.Duration, p float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	i := int(float64(len(sorted)-1) * p / 100)
	return sorted[i]
}

func median(f []float64) float64 {
	sorted := slices.Sorted(slices.Values(f))
	return sorted[len(sorted)/2]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }
