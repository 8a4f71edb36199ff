package harness

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
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
	compile(t, c, path)
	built.paths[c] = path
	return path
}

// compile builds a command at a path, with these additional flags.
func compile(t testing.TB, c Command, path string, flags ...string) {
	t.Helper()
	cmd := exec.Command("go", slices.Concat([]string{"build", "-ldflags=-s -w", "-o", path}, flags, []string{c.pkg})...)
	cmd.Dir = filepath.Join(RepoRoot(), c.module)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s in %s: %v\n%s", c.pkg, c.module, err, out)
	}
}

// BuildChanged builds the service with one text of a file replaced by another, and returns
// the path of the binary. The files of the repository stay as they are.
func BuildChanged(t testing.TB, file, old, changed string) string {
	t.Helper()
	original := filepath.Join(RepoRoot(), file)
	source, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(source), old) != 1 {
		t.Fatalf("%s must have this text once: %s", file, old)
	}
	dir := t.TempDir()
	replacement, overlay, path := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "ringback")
	replaced, err := json.Marshal(map[string]any{"Replace": map[string]string{original: replacement}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{replacement: []byte(strings.Replace(string(source), old, changed, 1)), overlay: replaced} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	compile(t, Ringback, path, "-overlay", overlay)
	return path
}
