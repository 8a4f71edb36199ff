package mail

import (
	"errors"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
)

// The usual ports of servers that messages are handed to.
const (
	portStartTLS    = 587
	portImplicitTLS = 465
)

// Server is an SMTP server with the sign-in to it.
type Server struct {
	host           string
	port           int
	implicitTLS    bool // TLS begins with the connection
	withoutTLS     bool // for a server on the same machine or in a private network
	user, password string
}

// The errors of ParseServer. They quote nothing, because the URL may hold a password.
var (
	errServerURL   = errors.New("must be smtp://user:password@host:587 or smtps://user:password@host:465")
	errServerQuery = errors.New("may have no other parameter than tls=none")
	errServerPlain = errors.New("must have no password with tls=none: a password is never sent without TLS")
)

// ParseServer reads the URL of a server. The scheme smtp begins with STARTTLS, which the
// server must offer, and smtps with TLS. A server that offers neither, such as a relay on
// the same machine, is smtp://host:25?tls=none.
func ParseServer(raw string) (Server, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || strings.Trim(u.Path, "/") != "" {
		return Server{}, errServerURL
	}
	s := Server{host: u.Hostname(), port: portStartTLS, implicitTLS: u.Scheme == "smtps"}
	if s.implicitTLS {
		s.port = portImplicitTLS
	}
	if text := u.Port(); text != "" {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 {
			return Server{}, errServerURL
		}
		s.port = int(port)
	}
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	switch u.RawQuery {
	case "":
	case "tls=none":
		s.withoutTLS = true
	default:
		return Server{}, errServerQuery
	}
	if s.withoutTLS && (u.User != nil || s.implicitTLS) {
		return Server{}, errServerPlain
	}
	return s, nil
}

// CheckSender reports what is wrong with the address that messages are sent from, such as
// "Ringback <ringback@example.com>".
func CheckSender(from string) error {
	if _, err := mail.ParseAddress(from); err != nil {
		return errors.New(`must be an e-mail address, as in "Ringback <ringback@example.com>"`)
	}
	return nil
}
