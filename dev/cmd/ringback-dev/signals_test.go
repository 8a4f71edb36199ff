package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// asCommand is the environment variable with which the test binary runs as the
// command itself, so that tests can send it signals.
const asCommand = "RINGBACK_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestASignalEndsItWithoutAnError(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for _, moment := range []string{"Starting Temporal", "{", "Ctrl-C"} {
			t.Run(signal.String()+" at "+moment, func(t *testing.T) {
				t.Parallel()
				command := exec.CommandContext(t.Context(), os.Args[0], "--http", "127.0.0.1:0", "--temporal", "127.0.0.1:0",
					"--ui", "127.0.0.1:0", "--shop", "127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "new"))
				command.Env = append(os.Environ(), asCommand+"=1")
				var problems strings.Builder
				command.Stderr = &problems
				out, err := command.StdoutPipe()
				require.NoError(t, err)
				require.NoError(t, command.Start())

				words := bufio.NewScanner(out)
				words.Split(scanPieces)
				for words.Scan() {
					if strings.HasPrefix(strings.TrimSpace(words.Text()), moment) {
						require.NoError(t, command.Process.Signal(signal))
					}
				}
				require.NoError(t, words.Err())
				require.NoError(t, command.Wait(), problems.String())
				require.Empty(t, problems.String())
			})
		}
	}
}

// scanPieces returns lines, and the text before "..." of a step that still runs.
func scanPieces(data []byte, atEOF bool) (advance int, token []byte, err error) {
	text := string(data)
	if before, _, found := strings.Cut(text, " ..."); found && !strings.Contains(before, "\n") {
		return len(before) + len(" ..."), []byte(before), nil
	}
	return bufio.ScanLines(data, atEOF)
}
