//go:build unix

package launch

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// becomeShell is the environment variable with the script that the test binary
// becomes.
const becomeShell = "RINGBACK_TEST_BECOME"

func TestMain(m *testing.M) {
	if script := os.Getenv(becomeShell); script != "" {
		if err := become("/bin/sh", []string{"-c", script, "sh", "first argument"}); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func shell(t *testing.T, script string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), becomeShell+"="+script)
	return command
}

func TestProgramKeepsArgumentsInputOutputAndExitStatus(t *testing.T) {
	t.Parallel()
	command := shell(t, `read line; echo "$line, $1"; exit 7`)
	command.Stdin = strings.NewReader("from the input\n")
	out, err := command.Output()
	require.Equal(t, "from the input, first argument\n", string(out))
	var ended *exec.ExitError
	require.ErrorAs(t, err, &ended)
	require.Equal(t, 7, ended.ExitCode())
}

func TestProgramGetsTheSignals(t *testing.T) {
	t.Parallel()
	command := shell(t, `trap 'echo ended in order; exit 0' TERM; echo ready; while :; do sleep 0.01; done`)
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	require.NoError(t, command.Process.Signal(syscall.SIGTERM))
	require.True(t, lines.Scan())
	require.Equal(t, "ended in order", lines.Text())
	require.NoError(t, command.Wait())
}

// fakeGo returns the path of a script that stands in for the go command. Its tests are
// not parallel: a file that a fork of another test holds open cannot be executed.
func fakeGo(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "go")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700))
	return path
}

func TestQuickBuildPrintsNothing(t *testing.T) {
	var out bytes.Buffer
	l := Launcher{Out: &out, goCommand: fakeGo(t, "echo ringback/dev/shop >&2\n"), after: time.Hour}
	require.NoError(t, l.build(t.Context(), "program"))
	require.Empty(t, out.String())
}

func TestSlowBuildShowsItsProgress(t *testing.T) {
	for terminal, separator := range map[bool]string{true: "\r\x1b[K", false: "\n"} {
		var out bytes.Buffer
		// The build ends when the packages have been counted.
		l := Launcher{
			Out: &out, Terminal: terminal, after: time.Nanosecond, every: time.Millisecond,
			goCommand: fakeGo(t, `if [ "$1" = list ]; then touch "$0.listed"; echo a; echo b; echo c; exit; fi
echo a >&2
while [ ! -e "$0.listed" ]; do sleep 0.01; done
`),
		}
		require.NoError(t, l.build(t.Context(), "program"))
		require.Contains(t, out.String(), "Compiling Ringback together with a Temporal server")
		require.Contains(t, out.String(), separator+"  compiled 1 ")
		require.True(t, strings.HasSuffix(out.String(), "\n"))
	}
}

func TestErrorsOfTheBuildAreShownWhole(t *testing.T) {
	var out bytes.Buffer
	l := Launcher{
		Out: &out, after: time.Hour,
		goCommand: fakeGo(t, "echo a/package >&2\necho '# ringback/dev/shop' >&2\necho 'shop.go:1:1: undefined: x' >&2\nexit 1\n"),
	}
	require.ErrorIs(t, l.build(t.Context(), "program"), ErrBuild)
	require.Equal(t, "# ringback/dev/shop\nshop.go:1:1: undefined: x\n", out.String())
}

func TestInterruptEndsTheBuild(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := &closeOnWrite{written: make(chan struct{})}
	l := Launcher{Out: started, after: time.Nanosecond, goCommand: fakeGo(t, "exec sleep 60\n")}
	ended := make(chan error, 1)
	go func() { ended <- l.build(ctx, "program") }()
	<-started.written
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}

// closeOnWrite closes a channel at the first write.
type closeOnWrite struct {
	written chan struct{}
	closed  bool
}

func (w *closeOnWrite) Write(p []byte) (int, error) {
	if !w.closed {
		w.closed = true
		close(w.written)
	}
	return len(p), nil
}
