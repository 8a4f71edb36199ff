package temporalite_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/dev/temporalite"
)

// fileOfChild is the environment variable with the data file that this binary serves
// instead of running tests.
const fileOfChild = "TEMPORALITE_TEST_FILE"

func TestMain(m *testing.M) {
	if file := os.Getenv(fileOfChild); file != "" {
		serveUntilKilled(file)
	}
	os.Exit(m.Run())
}

func serveUntilKilled(file string) {
	server, err := temporalite.Start(context.Background(), temporalite.Options{DataFile: file})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(server.FrontendAddress())
	select {}
}

func TestG1_AKilledServerLosesNothing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), temporalite.DataFileName())
	const rounds, perRound = 2, 20
	for round := range rounds {
		t.Run(fmt.Sprint("life ", round), func(t *testing.T) {
			c := dialAddress(t, startChild(t, file))
			for n := range round * perRound {
				_, err := c.DescribeWorkflowExecution(t.Context(), fmt.Sprint("run-", n), "")
				require.NoError(t, err, "a workflow of the life before")
			}
			work(t, c)
			for n := range perRound {
				run(t, c, fmt.Sprint("run-", round*perRound+n))
			}
		})
	}

	db, err := sql.Open("sqlite", "file:"+file)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var verdict string
	require.NoError(t, db.QueryRow("PRAGMA integrity_check").Scan(&verdict))
	require.Equal(t, "ok", verdict)
}

// startChild serves the file from another process. At the end of the test it is
// killed, not stopped.
func startChild(t *testing.T, file string) (address string) {
	t.Helper()
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), fileOfChild+"="+file)
	process.Stderr = os.Stderr
	output, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	t.Cleanup(func() {
		require.NoError(t, process.Process.Kill())
		_ = process.Wait() // an error by design: it was killed
	})
	lines := bufio.NewScanner(output)
	require.True(t, lines.Scan(), "the server's address: %v", lines.Err())
	return lines.Text()
}
