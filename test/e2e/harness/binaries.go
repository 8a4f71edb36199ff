package harness

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// RepoRoot returns the root folder of the repository.
func RepoRoot() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// Command is a command that tests run.
type Command struct{ module, pkg string }

// The commands: the service, and an embedded Temporal in its own process.
var (
	Ringback       = Command{".", "."}
	TemporalServer = Command{"dev", "./cmd/temporal-server"}
)

var built = struct {
	sync.Mutex
	dir   string
	paths map[Command]string
}{paths: map[Command]string{}}

// Build builds a command, once per test process, and returns its path.
func Build(t testing.TB, c Command) string {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if path, ok := built.paths[c]; ok {
		return path
	}
	if built.dir == "" {
		dir, err := os.MkdirTemp("", "ringback-e2e-bin")
		if err != nil {
			t.Fatal(err)
		}
		built.dir = dir
	}
	path := filepath.Join(built.dir, fmt.Sprint("command-", len(built.paths)))
	cmd := exec.Command("go", "build", "-o", path, c.pkg)
	cmd.Dir = filepath.Join(RepoRoot(), c.module)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s in %s: %v\n%s", c.pkg, c.module, err, out)
	}
	built.paths[c] = path
	return path
}

// RemoveBinaries removes the binaries of Build. TestMain calls it last.
func RemoveBinaries() {
	built.Lock()
	defer built.Unlock()
	_ = os.RemoveAll(built.dir)
}
