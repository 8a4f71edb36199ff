package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ringback/test/e2e/harness"
)

// TestScripts runs the scripts in the folder scripts, which use the command line and
// the API like an operator, with SQLite and without Temporal.
func TestScripts(t *testing.T) {
	t.Parallel()
	binary := harness.Build(t, harness.Ringback)
	testscript.Run(t, testscript.Params{
		Dir:                 "scripts",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { return prepare(env, binary) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"settings": useSampleSettings,
			"exits":    exits,
			"start":    start,
			"end":      end,
			"taken":    takeAddress,
			"http":     ask,
			"keep":     keep,
			"fill":     fill,
		},
	})
}

// script holds the state of one script.
type script struct {
	t       testing.TB
	process *harness.Process // the process of "start"
}

// scriptKey is the key under which testscript stores it.
type scriptKey struct{}

// prepare adds the binary to the script's path.
func prepare(env *testscript.Env, binary string) error {
	bin := filepath.Join(env.WorkDir, ".bin")
	if err := os.Mkdir(bin, 0o750); err != nil {
		return err
	}
	if err := os.Symlink(binary, filepath.Join(bin, "ringback")); err != nil {
		return err
	}
	env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
	env.Values[scriptKey{}] = &script{t: env.T().(testing.TB)}
	return nil
}
