package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// The bounds of one HTTP exchange. Bodies are small and answers are quick, so a
// client that takes longer is stuck or hostile. A request that trickles in holds up a
// shutdown, so it must be complete well within the usual timeout.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 10 * time.Second
	writeTimeout  = 40 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
)

// server is an HTTP server on an address that is already bound.
type server struct {
	name     string
	listener net.Listener
	http     *http.Server
}

// bind listens on the address of a setting. This is done before anything else
// starts, so that a port in use is an error of the command and not a log line.
func bind(ctx context.Context, flag, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s, the address set by --%s (%s): %w", address, flag, variable(flag), err)
	}
	return listener, nil
}

func newServer(name string, listener net.Listener, handler http.Handler, log *slog.Logger) *server {
	return &server{name: name, listener: listener, http: &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.With("component", name).Handler(), slog.LevelWarn),
	}}
}

// serve serves requests until stop. Any other end is sent to failed.
func (s *server) serve(failed chan<- error) {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		failed <- fmt.Errorf("serving %s: %w", s.name, err)
	}
}

// stop accepts no more connections and waits for requests in progress, but not
// longer than ctx.
func (s *server) stop(ctx context.Context) error {
	if s == nil {
		return nil
	}
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("%s: requests were cut off: %w", s.name, err), s.http.Close())
	}
	return nil
}

// url returns the URL of the server on this machine.
func (s *server) url() string {
	if s == nil {
		return ""
	}
	address := s.listener.Addr().(*net.TCPAddr)
	host := address.IP.String()
	if address.IP.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(address.Port))
}
