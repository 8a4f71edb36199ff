package outbound

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// network is connections within a synctest bubble, where time passes only while everybody waits.
// Every address of it is that of the one listener.
type network struct {
	dialed    chan net.Conn
	closed    chan struct{}
	forgotten *atomic.Bool // of the connections since the last forget
}

func newNetwork() *network {
	return &network{dialed: make(chan net.Conn), closed: make(chan struct{}), forgotten: &atomic.Bool{}}
}

// clientOf returns a client of a network.
func clientOf(t *testing.T, n *network, o Options, l limits) *Client {
	t.Helper()
	c := newClient(o, l)
	c.transport.DialContext = n.dial
	t.Cleanup(c.Close)
	return c
}

// serve runs a server on the network until the test ends.
func (n *network) serve(t *testing.T, server *http.Server) {
	t.Helper()
	ended := make(chan error, 1)
	go func() {
		if server.TLSConfig != nil {
			ended <- server.ServeTLS(n, "", "")
		} else {
			ended <- server.Serve(n)
		}
	}()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
}

func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case n.dialed <- far:
		return forgetful{near, n.forgotten}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Accept implements net.Listener.
func (n *network) Accept() (net.Conn, error) {
	select {
	case conn := <-n.dialed:
		return conn, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (n *network) Close() error {
	close(n.closed)
	return nil
}

// Addr implements net.Listener.
func (n *network) Addr() net.Addr { return &net.TCPAddr{} }

// forget has nothing that is sent over the present connections arrive. New ones work.
func (n *network) forget() {
	n.forgotten.Store(true)
	n.forgotten = &atomic.Bool{}
}

// forgetful is the client's end of a connection.
type forgetful struct {
	net.Conn
	forgotten *atomic.Bool
}

func (c forgetful) Write(p []byte) (int, error) {
	if c.forgotten.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p) //nolint:wrapcheck // it stands in for a connection
}
