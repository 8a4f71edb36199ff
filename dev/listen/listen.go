// Package listen checks addresses before anything is started, so that an address in
// use is reported at once, with the flag that changes it. It must not know what is
// going to listen there.
package listen

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"ringback/internal/freeport"
)

// Loopback is the address of listeners that other machines must not reach.
var Loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// Address parses host:port, picks a free port if it is 0, and checks that it can be
// listened on. Errors name the purpose of the address and the flag that changes it.
func Address(what, flag, address string) (netip.AddrPort, error) {
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%s address %q must be host:port (%s): %w", what, address, flag, err)
	}
	if resolved.IP == nil {
		resolved.IP = net.IPv4zero
	}
	switch {
	case resolved.Port == 0:
		err = pick(resolved)
	case !freeport.Chose(resolved.Port): // one that was chosen has been tried
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

// FreePort returns a port of the loopback address on which nothing listens.
func FreePort() (int, error) {
	address := &net.TCPAddr{IP: Loopback.AsSlice()}
	if err := pick(address); err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	return address.Port, nil
}

// pick sets the port of the address to one of the ports reserved for this process, on
// which nothing listens.
func pick(address *net.TCPAddr) error {
	port, err := freeport.Next(address)
	if err != nil {
		return err
	}
	address.Port = port
	return nil
}

// try listens for a moment. Nothing may listen at the address right after it: a child process
// that starts at the same time holds the listener a moment longer, so that the address would
// be reported as in use.
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
