package delivery_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/outbound"
)

func TestClassifyStatus(t *testing.T) {
	t.Parallel()
	want := map[int]delivery.Class{
		200: delivery.ClassDelivered, 202: delivery.ClassDelivered, 204: delivery.ClassDelivered, 299: delivery.ClassDelivered,
		300: delivery.ClassRedirected, 301: delivery.ClassRedirected, 304: delivery.ClassRedirected, 308: delivery.ClassRedirected,
		400: delivery.ClassRefused, 401: delivery.ClassRefused, 404: delivery.ClassRefused, 409: delivery.ClassRefused,
		410: delivery.ClassRefused, 422: delivery.ClassRefused, 101: delivery.ClassRefused, 600: delivery.ClassRefused,
		408: delivery.ClassUnavailable, 425: delivery.ClassUnavailable, 500: delivery.ClassUnavailable,
		501: delivery.ClassUnavailable, 503: delivery.ClassUnavailable, 599: delivery.ClassUnavailable,
		429: delivery.ClassThrottled,
	}
	for status, class := range want {
		got, reason := delivery.Classify(status, nil)
		require.Equal(t, class, got, "status %d", status)
		require.Equal(t, delivery.AnsweredWith(status), reason)
	}
}

func TestClassifyErrorNeverQuotesTheURL(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err    error
		want   delivery.Class
		reason delivery.ReasonCode
	}{
		"guard":        {fmt.Errorf("dial: %w", outbound.ErrForbiddenAddress), delivery.ClassForbidden, delivery.ReasonForbiddenAddress},
		"canceled":     {context.Canceled, delivery.ClassInterrupted, delivery.ReasonStopped},
		"deadline":     {context.DeadlineExceeded, delivery.ClassTimeout, delivery.ReasonTimeout},
		"net timeout":  {os.ErrDeadlineExceeded, delivery.ClassTimeout, delivery.ReasonTimeout},
		"dns":          {&net.DNSError{Err: "no such host", IsNotFound: true}, delivery.ClassNetwork, delivery.ReasonNameNotResolved},
		"dns timeout":  {&net.DNSError{Err: "timeout", IsTimeout: true}, delivery.ClassNetwork, delivery.ReasonNameNotResolved},
		"refused":      {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, delivery.ClassNetwork, delivery.ReasonConnection},
		"reset":        {syscall.ECONNRESET, delivery.ClassNetwork, delivery.ReasonConnection},
		"cut short":    {io.ErrUnexpectedEOF, delivery.ClassNetwork, delivery.ReasonConnection},
		"certificate":  {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, delivery.ClassNetwork, delivery.ReasonCertificate},
		"anything":     {errors.New("http: malformed response"), delivery.ClassNetwork, delivery.ReasonConnection},
		"wrapped once": {fmt.Errorf("sending: %w", context.DeadlineExceeded), delivery.ClassTimeout, delivery.ReasonTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			class, reason := delivery.Classify(0, &url.Error{Op: "Post", URL: "https://example.com/?pkey=secret", Err: tc.err})
			require.Equal(t, tc.want, class)
			require.Equal(t, delivery.Reason{Code: tc.reason}, reason, "a code and nothing of the error")
		})
	}
}

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"":                               0,
		"0":                              0,
		"120":                            2 * time.Minute,
		" 5 ":                            5 * time.Second,
		"86400":                          24 * time.Hour,
		"86401":                          delivery.MaxRetryAfter,
		"99999999999999999999999":        delivery.MaxRetryAfter,
		"-5":                             0,
		"+5":                             0,
		"1.5":                            0,
		"soon":                           0,
		"Sun, 01 Mar 2026 12:00:30 GMT":  30 * time.Second,
		"Sun, 01 Mar 2026 11:00:00 GMT":  0,
		"Fri, 01 Jan 2100 00:00:00 GMT":  delivery.MaxRetryAfter,
		"Sunday, 01-Mar-26 12:01:00 GMT": time.Minute, // RFC 850, still to be read
		"Sun Mar  1 12:02:00 2026":       2 * time.Minute,
	} {
		require.Equal(t, want, delivery.ParseRetryAfter(header, now), "header %q", header)
	}
}

func TestResultOfHonoursRetryAfterOnlyWhenItRetries(t *testing.T) {
	t.Parallel()
	answer := func(status int) *http.Response {
		return &http.Response{
			StatusCode: status,
			Header:     http.Header{"Retry-After": {"7"}},
			Body:       io.NopCloser(strings.NewReader("")),
		}
	}
	for status, want := range map[int]time.Duration{200: 0, 301: 0, 400: 0, 429: 7 * time.Second, 503: 7 * time.Second} {
		got := delivery.ResultOf(answer(status), nil, time.Time{})
		require.Equal(t, want, got.RetryAfter, "status %d", status)
		require.Equal(t, status, got.Status)
	}
}
