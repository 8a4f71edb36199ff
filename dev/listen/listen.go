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
		err = pick(resolved)
	} else {
		err = try(resolved)
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return netip.AddrPort{}, fmt.Errorf("%s address %s is already in use: stop what listens there, or choose another with %s", what, address, flag)
	}
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%s cannot listen on %s, choose another address with %s: %w", what, address, flag, err)
	}
	port := resolved.AddrPort()
	return netip.AddrPortFrom(port.Addr().Unmap(), port.Port()), nil
}

// FreePort finds a port of loopback that nothing listens on.
func FreePort() (int, error) {
	address := &net.TCPAddr{IP: Loopback.AsSlice()}
	if err := pick(address); err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	return address.Port, nil
}

// pick returns the address a port that nothing listens on. It looks below the
// range from which systems take the ports of outgoing connections: a port from
// there can be taken again before somebody listens on it.
func pick(address *net.TCPAddr) (err error) {
	const lowest, highest, tries = 15_000, 30_000, 100
	for range tries {
		address.Port = lowest + rand.IntN(highest-lowest)
		if err = try(address); !errors.Is(err, syscall.EADDRINUSE) {
			return err
		}
	}
	return err
}

// try listens for a moment. It does so once for each address: a process that is
// being started just then holds what this one had open for a moment longer, and
// a second try would take that for another's.
func try(address *net.TCPAddr) error {
	listener, err := net.ListenTCP("tcp", address)
	if err != nil {
		return err
	}
	return listener.Close()
}

// Reach returns the host:port at which this machine reaches a listener: one on
// every interface is reached over loopback.
func Reach(address netip.AddrPort) string {
	host := address.Addr()
	if host.IsUnspecified() {
		host = Loopback
	}
	return net.JoinHostPort(host.String(), strconv.Itoa(int(address.Port())))
}
