package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"ringback/internal/limits"
	"ringback/internal/outbound"
)

// The limits of sending, unless Options has others.
const (
	connectTimeout = 10 * time.Second
	// MaxTimeout is how long sending a message takes at most, with connecting.
	MaxTimeout = 30 * time.Second
)

// Options configure a Client.
type Options struct {
	Server Server
	From   string // as CheckSender accepts it
	// Timeout is how long sending a message takes at most. Zero means MaxTimeout.
	Timeout time.Duration
	// RootCAs are trusted instead of the system's. Nil means the system's.
	RootCAs *x509.CertPool
}

// Client sends messages, each by a connection of its own: there are few. It is safe for
// concurrent use.
type Client struct {
	o      Options
	dialer *net.Dialer
}

// New returns a client. The server is the operator's choice and may be in a private
// network; addresses that no mail server has, such as those of metadata services, are
// refused.
func New(o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = MaxTimeout
	}
	return &Client{o: o, dialer: outbound.NewDialer(true, connectTimeout)}
}

// Message is a plain-text message to one person.
type Message struct {
	// ID is the same at each attempt to send the message, so that one that arrives twice
	// can be recognized.
	ID      string
	To      string // an e-mail address
	Subject string
	Text    string
	At      time.Time // when the message was written
}

// Send hands a message to the server. Without an error, the server has accepted it. The
// error is an *Error.
func (c *Client) Send(ctx context.Context, m Message) error {
	written, err := c.write(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	line := &connection{client: c}
	defer line.close()
	defer context.AfterFunc(ctx, line.close)()
	sender, err := c.sender(line)
	if err != nil {
		return &Error{Step: StepConnecting, cause: err}
	}
	server, err := sender.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return errorOf(ctx, StepConnecting, err)
	}
	err = sender.SendWithSMTPClient(server, written)
	if written.IsDelivered() {
		_ = sender.CloseWithSMTPClient(server) // the message is accepted, so an error of parting is none of it
		return nil
	}
	return errorOf(ctx, StepSending, err)
}

// sender returns the library's client of one message.
func (c *Client) sender(line *connection) (*gomail.Client, error) {
	s := c.o.Server
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithTimeout(2 * c.o.Timeout), // the context ends first
		gomail.WithDialContextFunc(line.dial),
		gomail.WithTLSConfig(c.tls()), gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithoutNoop(),
	}
	switch {
	case s.implicitTLS:
		options = append(options, gomail.WithSSL())
	case s.withoutTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.user != "" {
		options = append(options, gomail.WithUsername(s.user), gomail.WithPassword(s.password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(s.host, options...)
}

func (c *Client) tls() *tls.Config {
	return &tls.Config{ServerName: c.o.Server.host, MinVersion: tls.VersionTLS12, RootCAs: c.o.RootCAs}
}

// write returns a message as the library sends it.
func (c *Client) write(m Message) (*gomail.Msg, error) {
	written := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := written.From(c.o.From); err != nil {
		return nil, &Error{Step: StepWriting, cause: errors.New("the sender is not an e-mail address")}
	}
	if !limits.IsEmail(m.To) || written.To(m.To) != nil {
		return nil, &Error{Step: StepWriting, Refused: true, cause: errors.New("the recipient is not an e-mail address")}
	}
	written.Subject(oneLine(m.Subject))
	written.SetDateWithValue(m.At)
	sender := written.GetFrom()[0].Address
	written.SetMessageIDWithValue(m.ID + sender[strings.LastIndex(sender, "@"):])
	written.SetGenHeader("Auto-Submitted", "auto-generated")
	written.SetBodyString(gomail.TypeTextPlain, m.Text)
	return written, nil
}

// oneLine returns a text without line breaks and other control characters, so that no
// text can become a header of its own.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }), " ")
}
