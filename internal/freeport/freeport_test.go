package freeport_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/freeport"
)

// chooser is the variable that makes the test binary choose ports and hold them until
// its input ends.
const chooser = "RINGBACK_TEST_CHOOSE_PORTS"

func TestMain(m *testing.M) {
	count, err := strconv.Atoi(os.Getenv(chooser))
	if err != nil {
		os.Exit(m.Run())
	}
	for range count {
		port, err := freeport.Next(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(port)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// Between the choice of a port and its listener, no other process chooses the same port.
func TestProcessesChooseDifferentPorts(t *testing.T) {
	t.Parallel()
	const processes, ports = 24, 50
	seen := map[string]bool{}
	for range processes {
		process := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0])
		// The race detector would make each process wait for a second before it ends.
		process.Env = append(os.Environ(), chooser+"="+strconv.Itoa(ports), "GORACE=atexit_sleep_ms=0")
		hold, err := process.StdinPipe()
		require.NoError(t, err)
		output, err := process.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, process.Start())
		t.Cleanup(func() {
			require.NoError(t, hold.Close())
			require.NoError(t, process.Wait())
		})
		lines := bufio.NewScanner(output)
		for range ports {
			require.True(t, lines.Scan())
			require.False(t, seen[lines.Text()], "port %s was chosen twice", lines.Text())
			seen[lines.Text()] = true
		}
	}
}
