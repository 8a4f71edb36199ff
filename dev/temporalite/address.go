package temporalite

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"go.temporal.io/server/common/testing/freeport"
)

// listenAddress checks that an address can be listened on, and picks a port
// where none is given. The server and its UI end the process when they cannot
// listen, so this is asked first. The flag names what a person may change.
func listenAddress(what, flag, address string) (netip.AddrPort, error) {
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%s address %q must be host:port (%s): %w", what, address, flag, err)
	}
	if resolved.IP == nil {
		resolved.IP = net.IPv4zero
	}
	if resolved.Port == 0 {
		resolved.Port = freeport.MustGetFreePort()
	}
	listener, err := net.ListenTCP("tcp", resolved)
	if errors.Is(err, syscall.EADDRINUSE) {
		return netip.AddrPort{}, fmt.Errorf("%s address %s is already in use: stop what listens there, or choose another with %s", what, address, flag)
	}
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%s cannot listen on %s, choose another address with %s: %w", what, address, flag, err)
	}
	if err := listener.Close(); err != nil {
		return netip.AddrPort{}, fmt.Errorf("closing the check of %s: %w", address, err)
	}
	port := resolved.AddrPort()
	return netip.AddrPortFrom(port.Addr().Unmap(), port.Port()), nil
}

// dialAddress is where to reach a listener from this machine: an address that
// means "every interface" is reached over loopback.
func dialAddress(listen netip.AddrPort) string {
	host := listen.Addr()
	if host.IsUnspecified() {
		host = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return net.JoinHostPort(host.String(), strconv.Itoa(int(listen.Port())))
}
