package mail

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
)

// connection is the connection of one message. The library leaves connections open whose
// sign-in failed, and does not end what it does with its context.
type connection struct {
	client *Client

	mu   sync.Mutex
	conn net.Conn // nil if there is none
}

// dial connects, with TLS if the server begins with it.
func (c *connection) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := c.client.dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.conn = conn
	c.mu.Unlock()
	if !c.client.o.Server.implicitTLS {
		return conn, nil
	}
	encrypted := tls.Client(conn, c.client.tls())
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return encrypted, nil
}

// close closes the connection, if there is one.
func (c *connection) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		_ = c.conn.Close() // what was to be known of it is known
	}
}
