// Package freeport chooses ports for processes that are given their addresses before
// they listen. It must not know what is going to listen there.
package freeport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
)

// The ports that Next chooses from. They lie below the range from which systems take
// the ports of outgoing connections, because a port of that range can be in use again
// before the listener starts, and below the ports of scripts/postgres.
const (
	lowestPort = 12_000
	blockSize  = 20
	blocks     = 400
)

// reserved holds the ports of this process.
var reserved block

// loopback is the address of the listeners that mark blocks as reserved.
var loopback = net.IPv4(127, 0, 0, 1)

// Next returns a port of the address on which nothing listens, and which is not chosen
// again by this process, nor by another one that calls Next while this one runs. The
// port of the address itself is ignored.
func Next(address *net.TCPAddr) (int, error) { return reserved.next(address) }

// Chose reports whether Next returned the port in this process.
func Chose(port int) bool { return reserved.chose(port) }

// block is a run of ports that one process uses alone. Between the choice of a port and
// the start of its listener, another process that starts at the same time could choose
// the same port. To prevent this, each process listens on the first port of its block
// for as long as it runs, and other processes pass over a block whose first port is taken.
type block struct {
	mu     sync.Mutex
	guards []net.Listener // on the first port of each block that was reserved
	ports  []int          // the ports of the newest block that have not been returned yet
	chosen map[int]bool   // the ports that were returned
}

// next returns the next port of the block on which nothing listens at the address. Every
// port is returned once. If the block is used up, a further block is reserved.
func (b *block) next(address *net.TCPAddr) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		if len(b.ports) == 0 {
			if err := b.reserve(); err != nil {
				return 0, err
			}
		}
		port := b.ports[0]
		b.ports = b.ports[1:]
		err := try(&net.TCPAddr{IP: address.IP, Port: port, Zone: address.Zone})
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		if err == nil {
			if b.chosen == nil {
				b.chosen = map[int]bool{}
			}
			b.chosen[port] = true
		}
		return port, err
	}
}

// chose reports whether next returned the port.
func (b *block) chose(port int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.chosen[port]
}

// reserve takes a block whose first port is free, beginning at a random one. The guards
// of blocks that are used up stay open, because their ports may be in use.
func (b *block) reserve() error {
	start := rand.IntN(blocks)
	for i := range blocks {
		first := lowestPort + (start+i)%blocks*blockSize
		guard, err := net.ListenTCP("tcp", &net.TCPAddr{IP: loopback, Port: first})
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		if err != nil {
			return fmt.Errorf("reserving free ports: %w", err)
		}
		b.guards = append(b.guards, guard)
		for port := first + 1; port < first+blockSize; port++ {
			b.ports = append(b.ports, port)
		}
		return nil
	}
	return fmt.Errorf("all ports from %d to %d are reserved: %w", lowestPort, lowestPort+blocks*blockSize-1, syscall.EADDRINUSE)
}

// try listens for a moment.
func try(address *net.TCPAddr) error {
	listener, err := net.ListenTCP("tcp", address)
	if err != nil {
		return err
	}
	return listener.Close()
}
