package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"ringback/internal/app"
)

type healthCommand struct{}

// healthTimeout is longer than a report may take.
const healthTimeout = 5 * time.Second

// Run prints the report of the process on this machine. It fails if that is not ready.
func (healthCommand) Run(ctx context.Context, config app.Config, std streams) error {
	_, port, err := net.SplitHostPort(config.OpsAddress)
	if err != nil {
		return fmt.Errorf("--ops-address (RINGBACK_OPS_ADDRESS) must be host:port to ask there: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("asking for health: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no process answers on --ops-address: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	var report app.Report
	if err := json.NewDecoder(answer.Body).Decode(&report); err != nil {
		return fmt.Errorf("--ops-address does not answer as Ringback does: %w", err)
	}
	if err := json.NewEncoder(std.out).Encode(report); err != nil || report.Ready() {
		return err
	}
	return errors.New(report.Status)
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(std streams) error {
	_, err := fmt.Fprintln(std.out, version())
	return err
}

// version returns the module's version, or the revision that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return "devel"
}
