package outbound_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/outbound"
)

func client(t *testing.T, o outbound.Options) *outbound.Client {
	t.Helper()
	c := outbound.New(o)
	t.Cleanup(c.Close)
	return c
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func post(t *testing.T, url, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	return req
}

func TestClientRefusesPrivateAddressesWhenItConnects(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	s := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	byName := strings.Replace(s.URL, "127.0.0.1", "localhost", 1) // as with DNS rebinding, the name itself looks harmless
	for _, url := range []string{s.URL, byName} {
		_, err := client(t, outbound.Options{}).Do(post(t, url+"/?pkey=s3cret", "{}"))
		require.ErrorIs(t, err, outbound.ErrForbiddenAddress)
		require.NotContains(t, err.Error(), "s3cret")
		failure := outbound.FailureOf(err)
		require.Equal(t, outbound.FailureForbidden, failure)
	}
	require.Zero(t, hits.Load())
}

func TestClientNeverFollowsRedirects(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	other := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	for _, location := range []string{other.URL, "://not a URL", ""} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusTemporaryRedirect)
		})
		resp, err := client(t, outbound.Options{AllowPrivate: true}).Do(post(t, s.URL, "{}"))
		require.NoError(t, err)
		require.Equal(t, http.StatusTemporaryRedirect, resp.StatusCode)
	}
	require.Zero(t, hits.Load())
}

func TestClientSendsItsNameAndTheBody(t *testing.T) {
	t.Parallel()
	got := make(chan *http.Request, 1)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		got <- r
		_, _ = w.Write([]byte("thanks"))
	})
	req := post(t, s.URL, "hello")
	resp, err := client(t, outbound.Options{AllowPrivate: true, Version: "1.2"}).Do(req)
	require.NoError(t, err)
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "thanks", string(answer))
	seen := <-got
	require.Equal(t, "Ringback/1.2", seen.UserAgent())
	sent, _ := io.ReadAll(seen.Body)
	require.Equal(t, "hello", string(sent))
	require.Empty(t, req.Header.Get("User-Agent"), "the caller's request is left alone")
}

func TestClientGivesUpOnAHangingServer(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	_, err := client(t, outbound.Options{AllowPrivate: true, Timeout: 50 * time.Millisecond}).Do(post(t, s.URL, "{}"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	failure := outbound.FailureOf(err)
	require.Equal(t, outbound.FailureTimeout, failure)
}

// TestRequestMayWaitLongerThanOthers is answered only after another request to the same
// server has given up.
func TestRequestMayWaitLongerThanOthers(t *testing.T) {
	t.Parallel()
	arrived, gaveUp := make(chan struct{}), make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/patient" {
			close(arrived)
			<-gaveUp
			return
		}
		<-r.Context().Done()
	})
	c := client(t, outbound.Options{AllowPrivate: true, Timeout: 50 * time.Millisecond})
	answered := make(chan error, 1)
	go func() {
		patient := post(t, s.URL+"/patient", "{}")
		resp, err := c.Do(patient.WithContext(outbound.WithTimeout(patient.Context(), time.Minute)))
		if err == nil {
			err = resp.Body.Close()
		}
		answered <- err
	}()
	<-arrived
	_, err := c.Do(post(t, s.URL, "{}"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	close(gaveUp)
	require.NoError(t, <-answered)
}

func TestClientStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	_, err := client(t, outbound.Options{AllowPrivate: true}).Do(post(t, s.URL, "{}").WithContext(ctx))
	failure := outbound.FailureOf(err)
	require.Equal(t, outbound.FailureCanceled, failure)
}

func TestClientReadsABoundedPartOfTheBody(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 32<<10)); err != nil {
				return
			}
		}
	})
	resp, err := client(t, outbound.Options{AllowPrivate: true}).Do(post(t, s.URL, "{}"))
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Len(t, body, outbound.MaxResponseBody)
}

func TestClientReadsAsMuchAsItIsToldTo(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 3*outbound.MaxResponseBody)) })
	c := client(t, outbound.Options{AllowPrivate: true})
	for length, doer := range map[int]*outbound.Client{outbound.MaxResponseBody: c, 2 * outbound.MaxResponseBody: c.Reading(2 * outbound.MaxResponseBody)} {
		resp, err := doer.Do(post(t, s.URL, "{}"))
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Len(t, body, length)
	}
}

func TestClientRefusesEndlessHeaders(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 256<<10))
	})
	_, err := client(t, outbound.Options{AllowPrivate: true}).Do(post(t, s.URL, "{}"))
	failure := outbound.FailureOf(err)
	require.Equal(t, outbound.FailureAnswer, failure)
}

func TestClientChecksCertificatesAndOldTLS(t *testing.T) {
	t.Parallel()
	ok := func(http.ResponseWriter, *http.Request) {}
	current := httptest.NewTLSServer(http.HandlerFunc(ok))
	t.Cleanup(current.Close)
	old := httptest.NewUnstartedServer(http.HandlerFunc(ok))
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	old.StartTLS()
	t.Cleanup(old.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(current.Certificate())

	_, err := client(t, outbound.Options{AllowPrivate: true, RootCAs: trusted}).Do(post(t, current.URL, "{}"))
	require.NoError(t, err)

	_, err = client(t, outbound.Options{AllowPrivate: true}).Do(post(t, current.URL, "{}"))
	failure := outbound.FailureOf(err)
	require.Equal(t, outbound.FailureCertificate, failure)

	_, err = client(t, outbound.Options{AllowPrivate: true, RootCAs: trusted}).Do(post(t, old.URL, "{}"))
	require.Equal(t, outbound.FailureOldTLS, outbound.FailureOf(err))
}

// TestCaseD02_AnAnswerWithLongHeadersIsAnAnswer, and one that is no HTTP is named as such.
func TestCaseD02_AnAnswerWithLongHeadersIsAnAnswer(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Long", strings.Repeat("x", 40<<10)) })
	resp, err := client(t, outbound.Options{AllowPrivate: true}).Do(post(t, s.URL, "{}"))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	for _, head := range []string{
		"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n",
		"200 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "SSH-2.0-x\r\n",
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = conn.Write([]byte(head))
				_ = conn.Close()
			}
		})
		_, err := client(t, outbound.Options{AllowPrivate: true}).Do(post(t, s.URL, "{}"))
		require.Equal(t, outbound.FailureAnswer, outbound.FailureOf(err), "%q: %v", head, err)
	}
}

func TestCaseD06_PlainHTTPOnAnHTTPSAddress(t *testing.T) {
	t.Parallel()
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	_, err := client(t, outbound.Options{AllowPrivate: true}).Do(post(t, strings.Replace(s.URL, "http:", "https:", 1), "{}"))
	require.Equal(t, outbound.FailurePlainHTTP, outbound.FailureOf(err), "%v", err)
}
