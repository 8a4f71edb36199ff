// Package outbound is the one place where HTTP clients for destinations are
// made. Its Client refuses private addresses when it connects, follows no
// redirects, bounds every answer in time and size, and makes a span of each
// exchange. Its Recorder keeps what was sent and answered, without the secrets.
//
// It must not know what is sent, to which kind of destination, or what that
// destination means by its answer.
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

// The bounds of an exchange, where Options say nothing else.
const (
	// MaxTimeout is the longest that an attempt may take at all. An integration
	// sets less by the context of its requests (delivery.timeout_seconds).
	MaxTimeout      = 30 * time.Second
	MaxResponseBody = 64 << 10 // bytes of an answer's body that are read
	maxResponseHead = 32 << 10 // bytes of an answer's headers; more is an error
	maxIdlePerHost  = 16
	maxIdle         = 256
	idleTimeout     = 90 * time.Second
)

// Options say how a Client reaches the outside.
type Options struct {
	// Timeout limits a whole attempt: name, connection, TLS, request and answer. The
	// request's context may have a shorter one. 0 means MaxTimeout.
	Timeout time.Duration
	// AllowPrivate lets loopback and private networks through, for development
	// and for receivers inside one's own network. Link-local, metadata services
	// and multicast stay refused.
	AllowPrivate bool
	// UseProxy takes the proxy from the environment (HTTPS_PROXY and the like).
	// The proxy then connects in our place and the address guard sees only the
	// proxy, so the proxy must do the guarding.
	UseProxy bool
	// Version is Ringback's own, for the User-Agent.
	Version string
	// RootCAs are trusted in place of the system's; nil means the system's.
	RootCAs *x509.CertPool
	// Traces is for the spans of the requests; nil means the process's own provider.
	Traces trace.TracerProvider
}

// Client sends the requests of all destinations. It is safe for concurrent use.
type Client struct {
	transport *http.Transport
	timeout   time.Duration
	maxBody   int64 // bytes of an answer's body
	userAgent string
	tracer    trace.Tracer
}

// New makes a client. Make one for the process: it keeps connections for reuse.
func New(o Options) *Client {
	dialer := &net.Dialer{ControlContext: newGuard(o.AllowPrivate).control}
	c := &Client{
		timeout:   o.Timeout,
		maxBody:   MaxResponseBody,
		userAgent: "Ringback/" + o.Version,
		tracer:    newTracer(o.Traces),
		transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // answers are short, and a bound on them should count what came over the wire
			MaxIdleConns:           maxIdle,
			MaxIdleConnsPerHost:    maxIdlePerHost,
			IdleConnTimeout:        idleTimeout,
			MaxResponseHeaderBytes: maxResponseHead,
		},
	}
	if c.timeout <= 0 {
		c.timeout = MaxTimeout
	}
	if o.Version == "" {
		c.userAgent = "Ringback"
	}
	if o.UseProxy {
		c.transport.Proxy = http.ProxyFromEnvironment
	}
	return c
}

// Reading returns the same client for answers that may be longer: up to so many
// bytes of a body are read. It shares the connections.
func (c *Client) Reading(maxBody int64) *Client {
	longer := *c
	longer.maxBody = maxBody
	return &longer
}

// Do sends the request once and returns the answer with its body already read, up
// to MaxResponseBody or the limit set with Reading. The rest is dropped, and the
// connection is closed.
//
// The status line is the answer. If the body then stalls or breaks off, the part
// that was read is returned without an error, because the destination has decided.
// A redirect is an answer like any other. Errors never hold the URL.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	req, span := c.startSpan(req)
	resp, err := c.exchange(req)
	endSpan(span, resp, err)
	return resp, err
}

func (c *Client) exchange(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), c.timeout)
	defer cancel()
	req = req.Clone(ctx)
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", c.userAgent)
	}
	// The transport is called without an http.Client around it: that one would
	// interpret redirects and put the URL, with its secrets, into every error.
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("sending the request: %w", cause(ctx, err))
	}
	head, _ := io.ReadAll(io.LimitReader(resp.Body, c.maxBody))
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(head))
	return resp, nil
}

// cause returns the context's error if the transport reports only a consequence of it.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

// Close drops the idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }
