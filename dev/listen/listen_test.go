package listen_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/dev/listen"
)

func TestAddressInUseNamesTheFlag(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()

	_, err = listen.Address("The API's", "--http", taken.Addr().String())
	require.EqualError(t, err, "The API's address "+taken.Addr().String()+
		" is already in use: stop what listens there, or choose another with --http")
}

func TestAddressExpectsHostAndPort(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"nowhere", "127.0.0.1", "127.0.0.1:many", "http://127.0.0.1:80"} {
		_, err := listen.Address("The API's", "--http", wrong)
		require.ErrorContains(t, err, "must be host:port (--http)", wrong)
	}
	_, err := listen.Address("The API's", "--http", "192.0.2.1:0")
	require.ErrorContains(t, err, "choose another address with --http", "an address that is not this machine's")
}

func TestPortZeroPicksAFreePort(t *testing.T) {
	t.Parallel()
	address, err := listen.Address("The API's", "--http", "127.0.0.1:0")
	require.NoError(t, err)
	listener, err := net.Listen("tcp", address.String())
	require.NoError(t, err)
	require.NoError(t, listener.Close())
}

func TestReachGoesOverLoopback(t *testing.T) {
	t.Parallel()
	for listened, reached := range map[string]string{
		"0.0.0.0:80":   "127.0.0.1:80",
		"[::]:80":      "127.0.0.1:80",
		"192.0.2.1:80": "192.0.2.1:80",
		"[::1]:80":     "[::1]:80",
	} {
		require.Equal(t, reached, listen.Reach(netip.MustParseAddrPort(listened)))
	}
}

// chooser is the variable that makes the test binary choose ports and hold them until
// its input ends.
const chooser = "RINGBACK_TEST_CHOOSE_PORTS"

func TestMain(m *testing.M) {
	count, err := strconv.Atoi(os.Getenv(chooser))
	if err != nil {
		os.Exit(m.Run())
	}
	for range count {
		port, err := listen.FreePort()
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
		process.Env = append(os.Environ(), chooser+"="+strconv.Itoa(ports))
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
