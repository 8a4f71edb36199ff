package statements

import (
	"bufio"
	"context"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Proxy passes on connections to PostgreSQL and records the statements that are sent
// through them. It is safe for concurrent use.
type Proxy struct {
	server   string
	listener net.Listener
	running  sync.WaitGroup

	mu      sync.Mutex
	sent    []Statement
	notices []string
	open    map[net.Conn]bool
}

// Statement is a statement that was executed.
type Statement struct {
	Of  string // the name of the application that sent it
	SQL string // without values
}

// Transactional reports whether the statement only begins or ends a transaction.
func (s Statement) Transactional() bool {
	verb, _, _ := strings.Cut(strings.ToLower(s.SQL), " ")
	return slices.Contains([]string{"begin", "commit", "rollback"}, verb)
}

// OfConnection reports whether the statement is only about the connection. A program sends such
// statements when it opens a connection, or has not used it for a while.
func (s Statement) OfConnection() bool {
	return slices.Contains([]string{"show transaction_read_only", "select clock_timestamp()"}, strings.ToLower(s.SQL))
}

// Start starts a proxy to the server of a DSN, a URL, and returns it with the DSN that
// leads through it. It ends with the test.
//
//racetests:contained
func Start(t testing.TB, dsn string) (*Proxy, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{server: u.Host, listener: listener, open: map[net.Conn]bool{}}
	u.Host = listener.Addr().String()
	ctx := t.Context()
	p.running.Go(func() { p.accept(ctx) })
	t.Cleanup(p.close)
	return p, u.String()
}

// Take returns the statements that were sent since the last call, in their order.
func (p *Proxy) Take() []Statement {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent := p.sent
	p.sent = nil
	return sent
}

// Notices returns the notices that the server has sent since the last call, in their order.
// Those of a statement are in it once the program has its result.
func (p *Proxy) Notices() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	notices := p.notices
	p.notices = nil
	return notices
}

func (p *Proxy) accept(ctx context.Context) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(ctx, "tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		if !p.keep(client, server) {
			return
		}
		p.running.Go(func() {
			defer p.drop(client, server)
			p.read(client, server)
		})
		p.running.Go(func() {
			defer p.drop(client, server)
			p.answer(client, server)
		})
	}
}

// keep records connections that are to be closed at the end. It closes them if that has come.
func (p *Proxy) keep(all ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range all {
		if p.open == nil {
			_ = conn.Close()
			continue
		}
		p.open[conn] = true
	}
	return p.open != nil
}

func (p *Proxy) drop(all ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range all {
		_ = conn.Close()
		delete(p.open, conn)
	}
}

func (p *Proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	for conn := range p.open {
		_ = conn.Close()
	}
	p.open = nil
	p.mu.Unlock()
	p.running.Wait()
}

// read passes on what a client sends and records its statements, until the connection ends. A
// statement is recorded before it is passed on, so that it is there when its sender has the
// result.
func (p *Proxy) read(client, server net.Conn) {
	from := bufio.NewReader(client)
	first, startup, err := nextStart(from)
	if err != nil {
		return
	}
	if _, err := server.Write(first); err != nil {
		return
	}
	c := conversation{application: startup.Parameters["application_name"], prepared: map[string]string{}}
	to := bufio.NewWriter(server)
	for {
		message, err := nextMessage(from)
		if err != nil {
			return
		}
		if sql, ok := c.executed(message); ok {
			p.record(Statement{Of: c.application, SQL: sql})
		}
		if _, err := to.Write(message); err != nil {
			return
		}
		if from.Buffered() == 0 && to.Flush() != nil {
			return
		}
	}
}

func (p *Proxy) record(s Statement) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, s)
}
