// Package outbound is the HTTP client for all requests to the outside. It refuses
// private addresses when it connects, follows no redirects, limits every answer in
// time and size, and creates a span for each exchange.
//
// It must not know what is sent, to whom, or what an answer means.
package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// The limits of an exchange, unless Options has others.
const (
	// MaxTimeout is the longest that an exchange may take. The context of a request
	// may set less (delivery.timeout_seconds of an integration).
	MaxTimeout      = 30 * time.Second
	MaxResponseBody = 64 << 10  // bytes of an answer's body that are read
	maxResponseHead = 128 << 10 // bytes of an answer's headers; more is an error
	maxIdlePerHost  = 16
	maxIdle         = 256
	idleTimeout     = 90 * time.Second
)

// limits are the bounds of a connection. They are needed beside the timeout of a
// request, because the transport goes on connecting when the request has given up,
// and because an HTTP/2 connection carries the requests of many
// (docs/facts/networks.md).
type limits struct {
	dial      time.Duration // of name resolution and the TCP connection
	handshake time.Duration // of TLS
	pingAfter time.Duration // without a byte from the host, while an HTTP/2 connection is in use
	ping      time.Duration // until the answer to a ping; then the connection is given up
}

var defaultLimits = limits{dial: 10 * time.Second, handshake: 10 * time.Second, pingAfter: 5 * time.Second, ping: 5 * time.Second}

// Options configure a Client.
type Options struct {
	// Timeout is the limit of a whole exchange: name resolution, connection, TLS,
	// request and answer. The request's context may set less. 0 means MaxTimeout.
	Timeout time.Duration
	// AllowPrivate allows loopback and private networks, for development and for
	// receivers in the operator's own network. Link-local addresses, metadata
	// services and multicast are still refused.
	AllowPrivate bool
	// UseProxy uses the proxy of the environment (HTTPS_PROXY and the like). The
	// address guard then checks only the proxy's address, so the proxy itself must
	// refuse private addresses.
	UseProxy bool
	// Version is Ringback's version, for the User-Agent.
	Version string
	// RootCAs are trusted instead of the system's. Nil means the system's.
	RootCAs *x509.CertPool
	// Traces provides the tracer of the spans. Nil means the process's own provider.
	Traces trace.TracerProvider
}

// Client sends requests. It is safe for concurrent use.
type Client struct {
	transport *http.Transport
	timeout   time.Duration
	maxBody   int64 // bytes of an answer's body
	userAgent string
	tracer    trace.Tracer
}

// New returns a client. A process needs only one, because it reuses connections.
func New(o Options) *Client { return newClient(o, defaultLimits) }

func newClient(o Options, l limits) *Client {
	c := &Client{
		timeout:   o.Timeout,
		maxBody:   MaxResponseBody,
		userAgent: "Ringback/" + o.Version,
		tracer:    newTracer(o.Traces),
		transport: newTransport(o, l),
	}
	if c.timeout <= 0 {
		c.timeout = MaxTimeout
	}
	if o.Version == "" {
		c.userAgent = "Ringback"
	}
	return c
}

func newTransport(o Options, l limits) *http.Transport {
	transport := &http.Transport{
		DialContext:            NewDialer(o.AllowPrivate, l.dial).DialContext,
		TLSHandshakeTimeout:    l.handshake,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: l.pingAfter, PingTimeout: l.ping},
		DisableCompression:     true, // answers are short, and their limit should count the bytes on the wire
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxIdlePerHost,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxResponseHead,
	}
	if o.UseProxy {
		transport.Proxy = http.ProxyFromEnvironment
	}
	return transport
}

// NewDialer returns a dialer that refuses the addresses which a Client refuses, for other
// protocols than HTTP. The timeout is that of name resolution and the connection.
func NewDialer(allowPrivate bool, timeout time.Duration) *net.Dialer {
	return &net.Dialer{Timeout: timeout, ControlContext: newGuard(allowPrivate).control}
}

// Reading returns a client that reads up to maxBody bytes of an answer's body. It
// shares the connections.
func (c *Client) Reading(maxBody int64) *Client {
	longer := *c
	longer.maxBody = maxBody
	return &longer
}

type maxBodyKey struct{}

// WithMaxBody returns a context whose request may have an answer with a body of up to
// this many bytes, for answers that are long by their nature.
func WithMaxBody(ctx context.Context, bytes int64) context.Context {
	return context.WithValue(ctx, maxBodyKey{}, bytes)
}

type timeoutKey struct{}

// WithTimeout returns a context whose request may take this long, for servers that may
// work on an answer for longer than others. An earlier end of the context counts.
func WithTimeout(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, timeoutKey{}, d)
}

func (c *Client) timeoutOf(ctx context.Context) time.Duration {
	if asked, ok := ctx.Value(timeoutKey{}).(time.Duration); ok {
		return asked
	}
	return c.timeout
}

func (c *Client) maxBodyOf(ctx context.Context) int64 {
	if asked, ok := ctx.Value(maxBodyKey{}).(int64); ok {
		return asked
	}
	return c.maxBody
}

// Do sends the request once and returns the answer with its body already read, up to
// MaxResponseBody or the limit of Reading. The rest is dropped together with the
// connection.
//
// The status line is the answer: if the body then stalls or breaks off, the part that
// arrived is returned without an error, because the receiver did decide. A redirect
// is an answer like any other. Errors never contain the URL.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	req, span := c.startSpan(req)
	resp, err := c.exchange(req)
	endSpan(span, resp, err)
	return resp, err
}

func (c *Client) exchange(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), c.timeoutOf(req.Context()))
	defer cancel()
	req = req.Clone(ctx)
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", c.userAgent)
	}
	// The transport is called without an http.Client, which would interpret redirects
	// and put the URL, with its secrets, into every error.
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("sending the request: %w", cause(ctx, err))
	}
	head, _ := io.ReadAll(io.LimitReader(resp.Body, c.maxBodyOf(ctx)))
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(head))
	return resp, nil
}

// cause adds the context's error if the transport only reports a consequence of it.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

// Close drops the idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }
