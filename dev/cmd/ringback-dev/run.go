package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/dev/listen"
	"ringback/dev/options"
)

// addresses are the addresses to listen on. All are checked before anything starts.
type addresses struct {
	http, temporal, ui, shop, ops netip.AddrPort
}

func parseAddresses(c options.Options) (a addresses, err error) {
	for _, want := range []struct {
		to                  *netip.AddrPort
		what, flag, address string
	}{
		{&a.http, "The API's", "--http", c.HTTP},
		{&a.temporal, "Temporal's", "--temporal", c.Temporal},
		{&a.ui, "The Temporal UI's", "--ui", c.UI},
		{&a.shop, "The sample shop's", "--shop", c.Shop},
		{&a.ops, "Monitoring's", "--ops", c.Ops},
	} {
		if *want.to, err = listen.Address(want.what, want.flag, want.address); err != nil {
			return addresses{}, err
		}
	}
	return a, nil
}

// run starts everything, runs the demonstration if it is wanted, and stops everything
// in order when ctx is done.
func run(ctx context.Context, c options.Options, out io.Writer) (err error) {
	data, err := openFolder(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.close()) }()
	listenOn, err := parseAddresses(c)
	if err != nil {
		return err
	}
	log, closeLog, err := openLog(data)
	if err != nil {
		return err
	}
	defer closeLog()

	say(out, "Ringback with everything it needs. The state is kept in %s", data.path)
	s := &stack{data: data, addresses: listenOn, token: c.AdminToken, log: log, out: out, clock: clockwork.NewRealClock()}
	defer func() { err = errors.Join(err, s.stop()) }()
	if err := s.start(ctx); err != nil {
		return interrupted(ctx, err)
	}
	if err := s.announce(); err != nil {
		return err
	}
	if err := interrupted(ctx, s.demonstrate(ctx, c.Demo)); err != nil {
		say(out, "\nThe demonstration ended early: %v\nRingback goes on.", err)
	}
	if ctx.Err() == nil {
		say(out, "\nCtrl-C stops everything.")
		say(out, "\n  Open this     %s", s.door())
	}
	return s.wait(ctx)
}

// interrupted returns nil if ctx is done: an error is then the result of the interruption.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// openLog opens the log file. It holds what somebody who tries Ringback out need not read.
func openLog(data *folder) (*slog.Logger, func(), error) {
	file, err := os.OpenFile(data.file("ringback.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the log: %w", err)
	}
	return slog.New(slog.NewTextHandler(file, nil)), func() { _ = file.Close() }, nil
}

// ready is the line that programs wait for. It includes the token for them.
type ready struct {
	Event      string `json:"event"`
	HTTP       string `json:"http"`
	Temporal   string `json:"temporal"`
	UI         string `json:"ui"`
	Ops        string `json:"ops"`
	Data       string `json:"data"`
	AdminToken string `json:"admin_token"`
}

// announce prints that everything runs, for programs and for people.
func (s *stack) announce() error {
	line := ready{
		Event: "ready", HTTP: s.url(), Temporal: s.temporal.FrontendAddress(),
		UI: s.temporal.UIURL(), Ops: s.opsURL(), Data: s.data.path, AdminToken: s.token,
	}
	if err := json.NewEncoder(s.out).Encode(line); err != nil {
		return fmt.Errorf("writing the ready line: %w", err)
	}
	say(s.out, "\n  API           %s/api/v1/docs", s.url())
	say(s.out, "  Temporal UI   %s", s.temporal.UIURL())
	say(s.out, "  Metrics       %s/metrics", s.opsURL())
	say(s.out, "  Admin token   %s", s.token)
	say(s.out, "  Log           %s", s.data.file("ringback.log"))
	return nil
}

// say prints a line for people. An error is ignored, because there is no other place to report it.
func say(out io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(out, format+"\n", args...)
}

// step prints what is being done, does it, and prints how long it took.
func (s *stack) step(what string, do func() error) error {
	_, _ = fmt.Fprintf(s.out, "  %s ...", what)
	began := s.clock.Now()
	if err := do(); err != nil {
		outcome := " failed"
		if errors.Is(err, context.Canceled) {
			outcome = " called off"
		}
		say(s.out, outcome)
		return err
	}
	say(s.out, " %.1f s", s.clock.Since(began).Round(100*time.Millisecond).Seconds())
	return nil
}
