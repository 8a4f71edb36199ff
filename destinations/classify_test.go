package destinations_test

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

	"ringback/destinations"
)

func TestClassifyStatus(t *testing.T) {
	t.Parallel()
	want := map[int]destinations.Class{
		200: destinations.ClassDelivered, 202: destinations.ClassDelivered, 204: destinations.ClassDelivered, 299: destinations.ClassDelivered,
		300: destinations.ClassRedirected, 301: destinations.ClassRedirected, 304: destinations.ClassRedirected, 308: destinations.ClassRedirected,
		400: destinations.ClassRefused, 401: destinations.ClassRefused, 404: destinations.ClassRefused, 409: destinations.ClassRefused,
		410: destinations.ClassRefused, 422: destinations.ClassRefused, 101: destinations.ClassRefused, 600: destinations.ClassRefused,
		408: destinations.ClassUnavailable, 425: destinations.ClassUnavailable, 500: destinations.ClassUnavailable,
		501: destinations.ClassUnavailable, 503: destinations.ClassUnavailable, 599: destinations.ClassUnavailable,
		429: destinations.ClassThrottled,
	}
	for status, class := range want {
		got, reason := destinations.Classify(status, nil)
		require.Equal(t, class, got, "status %d", status)
		require.Equal(t, fmt.Sprintf("answered %d", status), reason)
	}
}

func TestClassifyErrorNeverQuotesTheURL(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err  error
		want destinations.Class
	}{
		"guard":        {fmt.Errorf("dial: %w", destinations.ErrForbiddenAddress), destinations.ClassForbidden},
		"canceled":     {context.Canceled, destinations.ClassInterrupted},
		"deadline":     {context.DeadlineExceeded, destinations.ClassTimeout},
		"net timeout":  {os.ErrDeadlineExceeded, destinations.ClassTimeout},
		"dns":          {&net.DNSError{Err: "no such host", IsNotFound: true}, destinations.ClassNetwork},
		"dns timeout":  {&net.DNSError{Err: "timeout", IsTimeout: true}, destinations.ClassNetwork},
		"refused":      {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, destinations.ClassNetwork},
		"reset":        {syscall.ECONNRESET, destinations.ClassNetwork},
		"cut short":    {io.ErrUnexpectedEOF, destinations.ClassNetwork},
		"certificate":  {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, destinations.ClassNetwork},
		"anything":     {errors.New("http: malformed response"), destinations.ClassNetwork},
		"wrapped once": {fmt.Errorf("sending: %w", context.DeadlineExceeded), destinations.ClassTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			class, reason := destinations.Classify(0, &url.Error{Op: "Post", URL: "https://example.com/?pkey=secret", Err: tc.err})
			require.Equal(t, tc.want, class)
			require.NotEmpty(t, reason)
			require.NotContains(t, reason, "secret")
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
		"86401":                          destinations.MaxRetryAfter,
		"99999999999999999999999":        destinations.MaxRetryAfter,
		"-5":                             0,
		"+5":                             0,
		"1.5":                            0,
		"soon":                           0,
		"Sun, 01 Mar 2026 12:00:30 GMT":  30 * time.Second,
		"Sun, 01 Mar 2026 11:00:00 GMT":  0,
		"Fri, 01 Jan 2100 00:00:00 GMT":  destinations.MaxRetryAfter,
		"Sunday, 01-Mar-26 12:01:00 GMT": time.Minute, // RFC 850, still to be read
		"Sun Mar  1 12:02:00 2026":       2 * time.Minute,
	} {
		require.Equal(t, want, destinations.ParseRetryAfter(header, now), "header %q", header)
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
		got := destinations.ResultOf(answer(status), nil, time.Time{})
		require.Equal(t, want, got.RetryAfter, "status %d", status)
		require.Equal(t, status, got.Status)
	}
}
