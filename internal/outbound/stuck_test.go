package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A dial does not end with the request that caused it. Without a limit of its own,
// every attempt at a host that hangs in the TLS handshake keeps a connection.
func TestNoConnectionIsLeftToAHostThatHangsInTheHandshake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const attempts = 10
		host := newNetwork()
		var open atomic.Int32
		go func() {
			for {
				conn, err := host.Accept()
				if err != nil {
					return
				}
				open.Add(1)
				go func() {
					defer open.Add(-1)
					_, _ = io.Copy(io.Discard, conn) // until the client closes it
				}()
			}
		}()

		c := clientOf(t, host, Options{}, limits{handshake: 10 * time.Second})
		var requests sync.WaitGroup
		for range attempts {
			requests.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err := c.Do(request(ctx, t, "https://hangs.example.com"))
				require.Equal(t, FailureTimeout, FailureOf(err))
			})
		}
		requests.Wait()
		synctest.Wait()
		require.EqualValues(t, attempts, open.Load(), "the requests have given up, and the client goes on connecting")
		<-time.After(9*time.Second + time.Millisecond)
		synctest.Wait()
		require.Zero(t, open.Load(), "a connection stays open")
		require.NoError(t, host.Close())
	})
}

// A firewall may forget a connection without a word. Many integrations share the one
// HTTP/2 connection of a host, so that it is never idle and would be used for ever.
func TestAConnectionThatDiedSilentlyIsReplaced(t *testing.T) {
	t.Parallel()
	certificate, roots := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		host := newNetwork()
		host.serve(t, &http.Server{
			Handler:           http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
			TLSConfig:         &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
			ReadHeaderTimeout: time.Hour,
		})
		c := clientOf(t, host, Options{RootCAs: roots}, limits{handshake: time.Second, pingAfter: 5 * time.Second, ping: 5 * time.Second})
		send := func() error {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			resp, err := c.Do(request(ctx, t, "https://example.com"))
			if err == nil {
				require.Equal(t, 2, resp.ProtoMajor)
			}
			return err
		}
		require.NoError(t, send())
		host.forget()
		began := time.Now()
		require.Equal(t, FailureTimeout, FailureOf(send()))
		for send() != nil {
			require.Less(t, time.Since(began), time.Minute, "it is used for ever")
		}
	})
}

// certificate returns a certificate for example.com, and the roots that trust it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s.TLS.Certificates[0], roots
}

func TestClientTakesTheStatusAsTheAnswerWhenTheBodyDrips(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		host := newNetwork()
		host.serve(t, &http.Server{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, "slow")
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}),
			ReadHeaderTimeout: time.Hour,
		})
		began := time.Now()
		resp, err := clientOf(t, host, Options{Timeout: 3 * time.Second}, defaultLimits).Do(request(t.Context(), t, "http://drips.example.com"))
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, resp.StatusCode)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, "slow", string(body))
		require.Equal(t, 3*time.Second, time.Since(began))
	})
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
