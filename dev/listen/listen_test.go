package listen_test

import (
	"net"
	"net/netip"
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

// A child process that starts while the port is tried holds it for a moment. The address is
// given on to what listens there, which checks it again.
func TestAPortThatWasPickedIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	address, err := listen.Address("The Temporal UI's", "--ui", "127.0.0.1:0")
	require.NoError(t, err)
	held, err := net.Listen("tcp", address.String())
	require.NoError(t, err)
	defer func() { require.NoError(t, held.Close()) }()

	again, err := listen.Address("The Temporal UI's", "--ui", address.String())
	require.NoError(t, err)
	require.Equal(t, address, again)
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
