package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
)

// ErrForbiddenAddress is wrapped by the error of a request that the guard refused to connect.
var ErrForbiddenAddress = errors.New("the address is not allowed")

// Failure is the kind of reason why a request got no answer.
type Failure string

// The kinds of failures.
const (
	FailureForbidden Failure = "forbidden_address" // the guard refused the address
	FailureCanceled  Failure = "interrupted"       // the caller canceled the request
	FailureTimeout   Failure = "timeout"           // no answer in time
	FailureNetwork   Failure = "network"           // name resolution, connection or TLS
)

// FailureOf returns the kind of an error of Client.Do, and the reason in words
// for people. The words hold nothing of the error's own text, which may quote a URL.
func FailureOf(err error) (failure Failure, reason string) {
	var (
		dns     *net.DNSError
		cert    *tls.CertificateVerificationError
		timeout net.Error
	)
	switch {
	case errors.Is(err, ErrForbiddenAddress):
		return FailureForbidden, "the host's address is private or reserved, and not allowed"
	case errors.Is(err, context.Canceled):
		return FailureCanceled, "the attempt was stopped before an answer came"
	case errors.As(err, &dns):
		return FailureNetwork, "the host's name could not be resolved"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return FailureTimeout, "no answer in time"
	case errors.As(err, &cert):
		return FailureNetwork, "the host's TLS certificate is not trusted"
	default:
		return FailureNetwork, "the connection failed"
	}
}
