package destinations

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrForbiddenAddress is what a Doer's error wraps when its guard refused to connect.
var ErrForbiddenAddress = errors.New("the address is not allowed")

// MaxRetryAfter bounds what a destination can ask for, so that none can park a delivery for good.
const MaxRetryAfter = 24 * time.Hour

// Classify says how an attempt went from its HTTP status, or from the error
// when there was no answer (design section 4): 408, 425, 429, 5xx, timeouts and
// network errors are retried, a redirect and any other answer but 2xx are final.
// The reason is for the owner; it holds nothing of the error's text, which may quote a URL.
func Classify(status int, err error) (Class, string) {
	if err != nil {
		return classifyError(err)
	}
	return classifyStatus(status), fmt.Sprintf("answered %d", status)
}

func classifyStatus(status int) Class {
	switch {
	case status >= 200 && status < 300:
		return ClassDelivered
	case status >= 300 && status < 400:
		return ClassRedirected
	case status == http.StatusTooManyRequests:
		return ClassThrottled
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= 500 && status < 600:
		return ClassUnavailable
	default:
		return ClassRefused
	}
}

func classifyError(err error) (Class, string) {
	var (
		dns     *net.DNSError
		cert    *tls.CertificateVerificationError
		timeout net.Error
	)
	switch {
	case errors.Is(err, ErrForbiddenAddress):
		return ClassForbidden, "the host's address is private or reserved, and not allowed"
	case errors.Is(err, context.Canceled):
		return ClassInterrupted, "the attempt was stopped before an answer came"
	case errors.As(err, &dns):
		return ClassNetwork, "the host's name could not be resolved"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return ClassTimeout, "no answer in time"
	case errors.As(err, &cert):
		return ClassNetwork, "the host's TLS certificate is not trusted"
	default:
		return ClassNetwork, "the connection failed"
	}
}

// ResultOf reads the answer of a plain HTTP exchange by the common
// classification, and closes its body. Now is for a Retry-After given as a date.
func ResultOf(resp *http.Response, err error, now time.Time) Result {
	if err != nil {
		class, reason := Classify(0, err)
		return Result{Class: class, Reason: reason}
	}
	_ = resp.Body.Close()
	class, reason := Classify(resp.StatusCode, nil)
	result := Result{Class: class, Status: resp.StatusCode, Reason: reason}
	if class.Retryable() {
		result.RetryAfter = ParseRetryAfter(resp.Header.Get("Retry-After"), now)
	}
	return result
}

// ParseRetryAfter reads a Retry-After header (RFC 9110 section 10.2.3): seconds
// or an HTTP date. It gives 0 for a missing, past or unreadable one, and at most MaxRetryAfter.
func ParseRetryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if date, err := http.ParseTime(header); err == nil {
		return min(max(date.Sub(now), 0), MaxRetryAfter)
	}
	if header == "" || strings.Trim(header, "0123456789") != "" {
		return 0
	}
	seconds, err := strconv.ParseInt(header, 10, 64)
	if err != nil || seconds > int64(MaxRetryAfter/time.Second) {
		return MaxRetryAfter // all digits, so the error can only be that it is out of range
	}
	return time.Duration(seconds) * time.Second
}
