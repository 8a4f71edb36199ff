// Package listen finds out, before anything is started, whether an address can
// be listened on, so that a person hears at once what to change. It knows
// nothing of what is going to listen there.
package listen

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// Loopback is this machine, for what must not be reached from another.
var Loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// Address reads host:port, picks a free port where it is 0, and checks that it
// can be listened on. Errors say what the address is for, and which flag changes it.
func Address(what, flag, address string) (netip.AddrPort, error) {
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%s address %q must be host:port (%s): %w", what, address, flag, err)
	}
	if resolved.IP == nil {
		resolved.IP = net.IPv4zero
	}
	if resolved.Port == 0 {
		if resolved.Port, err = FreePort(); err != nil {
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

// FreePort finds a port of loopback that nothing listens on. It looks below the
// range from which systems take the ports of outgoing connections: a port from
// there can be taken again before somebody listens on it.
func FreePort() (int, error) {
	const lowest, highest, tries = 15_000, 30_000, 100
	for range tries {
		port := lowest + rand.IntN(highest-lowest)
		listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: Loopback.AsSlice(), Port: port})
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, errors.New("finding a free port: none of those tried is free")
}

// Reach gives the host:port at which this machine reaches a listener: one on
// every interface is reached over loopback.
func Reach(address netip.AddrPort) string {
	host := address.Addr()
	if host.IsUnspecified() {
		host = Loopback
	}
	return net.JoinHostPort(host.String(), strconv.Itoa(int(address.Port())))
}
