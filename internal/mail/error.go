package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"ringback/internal/outbound"
)

// Step is what was done when sending failed.
type Step string

// The steps.
const (
	StepWriting    Step = "writing the message"
	StepConnecting Step = "connecting to the SMTP server and signing in"
	StepSending    Step = "sending the message"
)

// Error is why a message was not sent. Its text holds neither the server's answer, which
// may quote a person's address, nor a password.
type Error struct {
	Step    Step
	Code    int  // the server's answer, such as 550; zero if it gave none
	Refused bool // the server will never accept this message; otherwise it may be sent later
	cause   error
}

// Error returns a text for operators.
func (e *Error) Error() string {
	if e.Code != 0 {
		return fmt.Sprintf("%s: the server answered %d", e.Step, e.Code)
	}
	return fmt.Sprintf("%s: %s", e.Step, e.cause)
}

// errorOf returns what an error of the library means. Only a message can be refused for
// ever: what is wrong with the sign-in, an operator can repair.
func errorOf(ctx context.Context, step Step, err error) *Error {
	e := &Error{Step: step, Code: codeOf(err)}
	e.Refused = step == StepSending && e.Code >= 500
	e.cause = causeOf(ctx, err)
	return e
}

// codeOf returns the code of the server's answer that is in an error, zero if there is none.
func codeOf(err error) int {
	var refused *gomail.SendError
	if errors.As(err, &refused) {
		return refused.ErrorCode()
	}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return answer.Code
	}
	return 0
}

// causeOf returns an error without the texts of the library and of the server.
func causeOf(ctx context.Context, err error) error {
	var (
		cert    *tls.CertificateVerificationError
		dns     *net.DNSError
		network net.Error
		op      *net.OpError
	)
	switch {
	case errors.Is(err, outbound.ErrForbiddenAddress):
		return outbound.ErrForbiddenAddress
	case ctx.Err() != nil, errors.As(err, &network) && network.Timeout():
		return errors.New("the server did not answer in time")
	case errors.As(err, &cert):
		return errors.New("the server's certificate is not trusted")
	case errors.As(err, &dns):
		return errors.New("the server's name cannot be resolved")
	case errors.As(err, &op):
		return errors.New("the connection failed")
	case strings.Contains(err.Error(), "STARTTLS"):
		return errors.New("the server does not offer STARTTLS")
	case strings.Contains(err.Error(), "AUTH"):
		return errors.New("the server offers no way to sign in that is known")
	default:
		return errors.New("the server ended the connection")
	}
}
