package temporalite

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"syscall"
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
		if resolved.Port, err = freePort(); err != nil {
			return netip.AddrPort{}, err
		}
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

// freePort finds a port that nothing listens on. It looks below the range from
// which systems take the ports of outgoing connections: a port from there can
// be taken again before the server listens on it.
func freePort() (int, error) {
	const lowest, highest, tries = 15_000, 30_000, 100
	for range tries {
		port := lowest + rand.IntN(highest-lowest)
		listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: loopback.AsSlice(), Port: port})
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, errors.New("finding a free port: none of those tried is free")
}

// dialAddress is where to reach a listener from this machine: an address that
// means "every interface" is reached over loopback.
func dialAddress(listen netip.AddrPort) string {
	host := listen.Addr()
	if host.IsUnspecified() {
		host = loopback
	}
	return net.JoinHostPort(host.String(), strconv.Itoa(int(listen.Port())))
}
