package delivery

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"ringback/internal/outbound"
)

// MaxRetryAfter is the longest wait that a destination can ask for, so that none can postpone a delivery for good.
const MaxRetryAfter = 24 * time.Hour

// Classify returns the class of an attempt by its HTTP status, or by the error
// if there was no answer. 408, 425, 429, 5xx, timeouts and network errors are
// retried; redirects and all other answers but 2xx are final. The reason holds
// nothing of the error's text, which may quote a URL.
func Classify(status int, err error) (Class, Reason) {
	if err != nil {
		met := failures[outbound.FailureOf(err)]
		return met.class, Reason{Code: met.code}
	}
	return classOfStatus(status), AnsweredWith(status)
}

// failures are what it means that a request got no answer.
var failures = map[outbound.Failure]struct {
	class Class
	code  ReasonCode
}{
	outbound.FailureForbidden:   {ClassForbidden, ReasonForbiddenAddress},
	outbound.FailureCanceled:    {ClassInterrupted, ReasonStopped},
	outbound.FailureName:        {ClassNetwork, ReasonNameNotResolved},
	outbound.FailureTimeout:     {ClassTimeout, ReasonTimeout},
	outbound.FailureCertificate: {ClassNetwork, ReasonCertificate},
	outbound.FailureOldTLS:      {ClassNetwork, ReasonOldTLS},
	outbound.FailurePlainHTTP:   {ClassNetwork, ReasonPlainHTTP},
	outbound.FailureAnswer:      {ClassNetwork, ReasonAnswerNotHTTP},
	outbound.FailureNetwork:     {ClassNetwork, ReasonConnection},
}

func classOfStatus(status int) Class {
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

// ResultOf reads the answer of a plain HTTP exchange by the common
// classification, and closes its body. The time is needed for a Retry-After
// that is a date.
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
// or an HTTP date. It returns 0 for a missing, past or unreadable one, and at most MaxRetryAfter.
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
		return MaxRetryAfter // all are digits, so the only possible error is that it is out of range
	}
	return time.Duration(seconds) * time.Second
}
