package harness

import (
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
type Command struct{ name, module, pkg string }

// The commands: the service, and an embedded Temporal in its own process.
var (
	Ringback       = Command{"ringback", ".", "."}
	TemporalServer = Command{"temporal-server", "dev", "./cmd/temporal-server"}
)

var built = struct {
	sync.Mutex
	paths map[Command]string
}{paths: map[Command]string{}}

// Build builds a command, once per test process, and returns its path. The binaries
// stay in the folder .build of the repository: Go builds one only if it is not current,
// and linking a Temporal server takes longer than most tests. They have no symbols for
// debuggers, without which they are linked in half the time.
func Build(t testing.TB, c Command) string {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if path, ok := built.paths[c]; ok {
		return path
	}
	path := filepath.Join(RepoRoot(), ".build", c.name)
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, c.pkg)
	cmd.Dir = filepath.Join(RepoRoot(), c.module)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s in %s: %v\n%s", c.pkg, c.module, err, out)
	}
	built.paths[c] = path
	return path
}
