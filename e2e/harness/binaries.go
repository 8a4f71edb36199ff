package harness

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// Binaries are the paths of the built commands.
type Binaries struct {
	Ringback string // the service
	Temporal string // an embedded Temporal server as a process of its own
	Dev      string // everything in one process
}

// RepoRoot is the root folder of the repository.
func RepoRoot() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

var build = sync.OnceValues(func() (Binaries, error) {
	dir, err := os.MkdirTemp("", "ringback-e2e-bin")
	if err != nil {
		return Binaries{}, err
	}
	b := Binaries{
		Ringback: filepath.Join(dir, "ringback"),
		Temporal: filepath.Join(dir, "temporal-server"),
		Dev:      filepath.Join(dir, "ringback-dev"),
	}
	for _, step := range []struct{ dir, out, pkg string }{
		{".", b.Ringback, "."},
		{"dev", b.Temporal, "./cmd/temporal-server"},
		{"dev", b.Dev, "."},
	} {
		cmd := exec.Command("go", "build", "-o", step.out, step.pkg)
		cmd.Dir = filepath.Join(RepoRoot(), step.dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			return Binaries{}, fmt.Errorf("building %s in %s: %w\n%s", step.pkg, step.dir, err, out)
		}
	}
	return b, nil
})

// Build builds the commands once per test process, into a folder that
// RemoveBinaries removes.
func Build() (Binaries, error) { return build() }

// RemoveBinaries removes what Build built. Call it last, from TestMain.
func RemoveBinaries() {
	if b, err := build(); err == nil {
		_ = os.RemoveAll(filepath.Dir(b.Ringback))
	}
}
