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
	FailureForbidden   Failure = "forbidden_address"       // the guard refused the address
	FailureCanceled    Failure = "interrupted"             // the caller canceled the request
	FailureTimeout     Failure = "timeout"                 // no answer in time
	FailureName        Failure = "name_not_resolved"       // the host's name could not be resolved
	FailureCertificate Failure = "certificate_not_trusted" // the host's TLS certificate is not trusted
	FailureNetwork     Failure = "network"                 // any other failure of the connection
)

// FailureOf returns the kind of an error of Client.Do.
func FailureOf(err error) Failure {
	var (
		dns     *net.DNSError
		cert    *tls.CertificateVerificationError
		timeout net.Error
	)
	switch {
	case errors.Is(err, ErrForbiddenAddress):
		return FailureForbidden
	case errors.Is(err, context.Canceled):
		return FailureCanceled
	case errors.As(err, &dns):
		return FailureName
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return FailureTimeout
	case errors.As(err, &cert):
		return FailureCertificate
	default:
		return FailureNetwork
	}
}
