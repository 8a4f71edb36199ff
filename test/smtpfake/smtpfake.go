// Package smtpfake is an SMTP server on loopback, for tests: it keeps the messages that it
// accepts, and refuses or hangs where a test wants it to.
//
// It must not know Ringback.
package smtpfake

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TLS is how a server begins TLS. Empty means not at all.
type TLS string

// The ways to begin TLS.
const (
	StartTLS TLS = "starttls"
	Implicit TLS = "implicit"
)

// Options are how a server behaves. The zero value accepts everything, without TLS.
type Options struct {
	TLS TLS
	// User and Password are those of the sign-in. Without a user, none is offered.
	User, Password string
	// Answers are the server's answers by the command, such as RCPT. DATA is the answer to
	// the command, and "." that to the text after it.
	Answers map[string]string
	// Silent is a command that is not answered. The connection stays open.
	Silent string
}

// Message is a message that the server has accepted.
type Message struct {
	From, To string // as in the commands, with angle brackets
	Text     string // the headers and the body, as they came
	SignedIn bool
	Secure   bool // with TLS
}

// Server is an SMTP server.
type Server struct {
	Address string // host:port
	RootCAs *x509.CertPool

	options  Options
	config   *tls.Config
	accepted chan Message
}

// New starts a server, which ends with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	certified := httptest.NewTLSServer(nil)
	t.Cleanup(certified.Close)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &Server{
		Address: listener.Addr().String(), RootCAs: x509.NewCertPool(), options: o,
		config:   &tls.Config{MinVersion: tls.VersionTLS12, Certificates: certified.TLS.Certificates},
		accepted: make(chan Message, 100),
	}
	s.RootCAs.AddCert(certified.Certificate())
	var sessions sync.WaitGroup
	var open sync.Map
	sessions.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Store(conn, true)
			sessions.Go(func() {
				defer open.Delete(conn)
				defer func() { _ = conn.Close() }()
				(&session{server: s, conn: conn}).run()
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		open.Range(func(conn, _ any) bool { _ = conn.(net.Conn).Close(); return true })
		sessions.Wait()
	})
	return s
}

// URL returns the server's URL with the sign-in, as Ringback's setting has it.
func (s *Server) URL() string {
	scheme, query, user := "smtp://", "", ""
	switch s.options.TLS {
	case Implicit:
		scheme = "smtps://"
	case StartTLS:
	default:
		query = "?tls=none"
	}
	if s.options.User != "" {
		user = s.options.User + ":" + s.options.Password + "@"
	}
	return scheme + user + s.Address + query
}

// Accepted returns the channel of the messages that were accepted.
func (s *Server) Accepted() <-chan Message { return s.accepted }

// session is a connection.
type session struct {
	server  *Server
	conn    net.Conn
	text    *textproto.Reader
	message Message
	gone    bool
}

func (c *session) run() {
	if c.server.options.TLS == Implicit {
		c.secure()
	}
	c.text = textproto.NewReader(bufio.NewReader(c.conn))
	c.answer("CONNECT", "220 mail.example.com ESMTP")
	for !c.gone {
		line, err := c.text.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		c.do(strings.ToUpper(verb), rest)
	}
}

func (c *session) do(verb, rest string) {
	switch verb {
	case "EHLO", "HELO":
		c.answer(verb, c.greeting())
	case "STARTTLS":
		if c.answer(verb, "220 go ahead") {
			c.secure()
			c.text = textproto.NewReader(bufio.NewReader(c.conn))
		}
	case "AUTH":
		c.signIn(rest)
	case "MAIL":
		c.message.From = rest
		c.answer(verb, "250 ok")
	case "RCPT":
		c.message.To = rest
		c.answer(verb, "250 ok")
	case "DATA":
		c.data()
	case "QUIT":
		c.answer(verb, "221 bye")
		c.gone = true
	default:
		c.answer(verb, "250 ok")
	}
}

func (c *session) greeting() string {
	lines := []string{"250-mail.example.com", "250-8BITMIME", "250-ENHANCEDSTATUSCODES"}
	if c.server.options.TLS == StartTLS && !c.message.Secure {
		lines = append(lines, "250-STARTTLS")
	}
	if c.server.options.User != "" {
		lines = append(lines, "250-AUTH PLAIN LOGIN")
	}
	return strings.Join(append(lines, "250 SIZE 1000000"), "\r\n")
}

func (c *session) secure() {
	c.conn = tls.Server(c.conn, c.server.config)
	c.message.Secure = true
}

// signIn understands AUTH PLAIN with its credentials in the same line.
func (c *session) signIn(rest string) {
	want := "\x00" + c.server.options.User + "\x00" + c.server.options.Password
	given, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
	if err != nil || string(given) != want {
		c.answer("AUTH", fmt.Sprintf("535 5.7.8 %s is not the password", given))
		return
	}
	c.message.SignedIn = c.answer("AUTH", "235 ok")
}

func (c *session) data() {
	if !c.answer("DATA", "354 go ahead") {
		return
	}
	text, err := c.text.ReadDotBytes()
	if err != nil {
		c.gone = true
		return
	}
	c.message.Text = string(text)
	if !c.silent(".") && c.accepts(".") {
		c.server.accepted <- c.message
	}
	c.answer(".", "250 accepted")
}

func (c *session) silent(verb string) bool { return c.server.options.Silent == verb }

func (c *session) accepts(verb string) bool { return c.server.options.Answers[verb] == "" }

// answer answers a command, and reports whether it did as usual.
func (c *session) answer(verb, usual string) bool {
	if c.silent(verb) {
		return false
	}
	other := c.server.options.Answers[verb]
	if other != "" {
		usual = other
	}
	if _, err := c.conn.Write([]byte(usual + "\r\n")); err != nil {
		c.gone = true
	}
	return other == "" && !c.gone
}
