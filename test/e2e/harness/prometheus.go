package harness

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Program returns the path of an installed program. If it is not installed, the test
// fails in CI and is skipped elsewhere.
func Program(t testing.TB, name, debianPackage string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed, and CI requires it", name)
	}
	t.Skipf("%s is not installed (Debian: apt-get install %s)", name, debianPackage)
	return ""
}

// Prometheus is a Prometheus server that reads the service's metrics every second.
type Prometheus struct {
	t    testing.TB
	base string
	Log  func() string
}

// StartPrometheus starts Prometheus with the alerts in a file.
func StartPrometheus(t testing.TB, s *Stack, alerts string) *Prometheus {
	t.Helper()
	path, dir, address := Program(t, "prometheus", "prometheus"), t.TempDir(), FreeAddress(t)
	config := filepath.Join(dir, "prometheus.yml")
	text := fmt.Sprintf(`global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%q]
scrape_configs: [{job_name: ringback, static_configs: [{targets: [%q]}]}]
`, alerts, strings.TrimPrefix(s.Ops, "http://"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	process := Start(t, "prometheus", path, nil, "--config.file", config, "--storage.tsdb.path", filepath.Join(dir, "data"),
		"--web.listen-address", address)
	return &Prometheus{t: t, base: "http://" + address, Log: process.Log}
}

// Get returns the data of an answer of the API. The error is that of the connection or
// of the query.
func (p *Prometheus) Get(path string, query url.Values, into any) error {
	client := http.Client{Timeout: time.Minute}
	res, err := client.Get(p.base + path + "?" + query.Encode())
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	var answer struct {
		Status, Error string
		Data          json.RawMessage
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Status != "success" {
		return fmt.Errorf("%s answered %q: %s", path, answer.Status, answer.Error)
	}
	return json.Unmarshal(answer.Data, into)
}

// Series returns how many series a query has.
func (p *Prometheus) Series(query string) (int, error) {
	var data struct{ Result []json.RawMessage }
	err := p.Get("/api/v1/query", url.Values{"query": {query}}, &data)
	return len(data.Result), err
}
