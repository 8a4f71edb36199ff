package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
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
	FailureOldTLS      Failure = "old_tls"                 // the host offers no TLS from version 1.2 on
	FailurePlainHTTP   Failure = "no_tls"                  // the host answers without TLS on an https address
	FailureAnswer      Failure = "answer_not_http"         // the answer is not valid HTTP, or its headers are too long
	FailureNetwork     Failure = "network"                 // any other failure of the connection
)

// isBroken reports whether an error of the transport is one of an answer that it could
// not read.
func isBroken(err error) bool {
	return holds(err, "malformed HTTP", "multiple Content-Length", "bad Content-Length", "unsupported transfer encoding", "response headers exceeded", "invalid header")
}

// holds reports whether an error is one of those for which Go has texts alone.
func holds(err error, texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(err.Error(), text) })
}

// FailureOf returns the kind of an error of Client.Do.
func FailureOf(err error) Failure {
	var (
		dns     *net.DNSError
		cert    *tls.CertificateVerificationError
		timeout net.Error
		record  tls.RecordHeaderError
		syntax  textproto.ProtocolError
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
	case holds(err, "tls: protocol version not supported", "tls: server selected unsupported protocol version"):
		return FailureOldTLS
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return FailurePlainHTTP
	case errors.As(err, &syntax), isBroken(err):
		return FailureAnswer
	default:
		return FailureNetwork
	}
}
