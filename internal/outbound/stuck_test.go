package outbound

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A dial does not end with the request that caused it. Without a limit of its own,
// every attempt at a host that hangs in the TLS handshake keeps a connection.
func TestNoConnectionIsLeftToAHostThatHangsInTheHandshake(t *testing.T) {
	t.Parallel()
	const attempts = 10
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	closed := make(chan struct{}, attempts)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(io.Discard, conn) // until the client closes it
				closed <- struct{}{}
			}()
		}
	}()

	c := newClient(Options{AllowPrivate: true}, limits{dial: time.Second, handshake: 200 * time.Millisecond})
	defer c.Close()
	var requests sync.WaitGroup
	for range attempts {
		requests.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			_, err := c.Do(request(ctx, t, "https://"+listener.Addr().String()))
			require.Equal(t, FailureTimeout, FailureOf(err))
		})
	}
	requests.Wait()
	patience := time.After(time.Minute)
	for range attempts {
		select {
		case <-closed:
		case <-patience:
			t.Fatal("a connection stays open")
		}
	}
}

// A firewall may forget a connection without a word. Many integrations share the one
// HTTP/2 connection of a host, so that it is never idle and would be used for ever.
func TestAConnectionThatDiedSilentlyIsReplaced(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	proxy := newForgetfulProxy(t, s.Listener.Addr().String())

	c := newClient(Options{AllowPrivate: true, RootCAs: roots},
		limits{dial: time.Second, handshake: time.Second, pingAfter: 50 * time.Millisecond, ping: 50 * time.Millisecond})
	defer c.Close()
	send := func() (*http.Response, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		return c.Do(request(ctx, t, "https://"+proxy.address))
	}
	resp, err := send()
	require.NoError(t, err)
	require.Equal(t, 2, resp.ProtoMajor)
	proxy.forget()
	for range 25 { // five seconds
		if _, err = send(); err == nil {
			return
		}
	}
	require.NoError(t, err)
}

func TestNewLimitsWhatGoDoesNotLimit(t *testing.T) {
	t.Parallel()
	c := New(Options{})
	require.Equal(t, 10*time.Second, c.transport.TLSHandshakeTimeout)
	require.Equal(t, 5*time.Second, c.transport.HTTP2.SendPingTimeout)
	require.Equal(t, 5*time.Second, c.transport.HTTP2.PingTimeout)
	require.Equal(t, 10*time.Second, NewDialer(false, defaultLimits.dial).Timeout)
}

func request(ctx context.Context, t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, http.NoBody)
	require.NoError(t, err)
	return req
}

// forgetfulProxy passes on TCP connections. After forget it still reads from those
// that exist and drops the bytes; new connections work.
type forgetfulProxy struct {
	address   string
	target    string
	forgotten atomic.Pointer[atomic.Bool] // of the connections since the last forget
}

func newForgetfulProxy(t *testing.T, target string) *forgetfulProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &forgetfulProxy{address: listener.Addr().String(), target: target}
	p.forgotten.Store(&atomic.Bool{})
	var open sync.WaitGroup
	var conns sync.Map
	t.Cleanup(func() {
		_ = listener.Close()
		conns.Range(func(conn, _ any) bool { return conn.(net.Conn).Close() == nil || true })
		open.Wait()
	})
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("tcp", target)
			if err != nil {
				_ = conn.Close()
				continue
			}
			conns.Store(conn, true)
			conns.Store(upstream, true)
			forgotten := p.forgotten.Load()
			open.Go(func() { pass(upstream, conn, forgotten) })
			open.Go(func() { pass(conn, upstream, forgotten) })
		}
	})
	return p
}

func (p *forgetfulProxy) forget() { p.forgotten.Swap(&atomic.Bool{}).Store(true) }

func pass(to, from net.Conn, forgotten *atomic.Bool) {
	buffer := make([]byte, 16<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !forgotten.Load() {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if errors.Is(err, io.EOF) && !forgotten.Load() {
			_ = to.Close()
		}
		if err != nil {
			return
		}
	}
}
