// Package notify sends notices: messages to people that wait in the store. Of all
// processes one sends a notice. What cannot be sent is tried again with a growing delay,
// until it was refused or is of no use any more.
//
// It must not know what notices are about, nor who gets them.
package notify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"

	"ringback/internal/backoff"
	"ringback/models/notices"
)

// How notices are claimed: as many as are sent side by side, each for longer than a send
// takes at most.
const (
	atOnce = 8
	hold   = 5 * time.Minute
)

// sendTimeout is how long a send takes at most.
const sendTimeout = 30 * time.Second

var retries = backoff.Doubling{First: time.Minute, Max: time.Hour}

// Store holds the notices.
type Store interface {
	DueNotices(ctx context.Context, channels []notices.Channel, limit int, hold time.Duration) ([]notices.Notice, error)
	PostponeNotice(ctx context.Context, id string, until time.Time) error
	DeleteNotice(ctx context.Context, id string) error
}

// Send sends a notice once. The error of a notice that will never be accepted is a Refusal.
type Send func(ctx context.Context, n notices.Notice) error

// Refusal is the error of a notice that will never be accepted.
type Refusal struct{ Cause error }

// Error returns the text of the cause.
func (r Refusal) Error() string { return r.Cause.Error() }

// Unwrap returns the cause.
func (r Refusal) Unwrap() error { return r.Cause }

// Metrics counts notices.
type Metrics interface {
	// Noticed counts an attempt to send a notice. The result is sent, postponed or given_up.
	Noticed(channel, result string)
}

// Sender sends the notices of a process.
type Sender struct {
	Store    Store
	Channels map[notices.Channel]Send
	Clock    clockwork.Clock
	Metrics  Metrics
	Logger   *slog.Logger
	// Idle waits until notices may be due, or ctx is done. Each channel has its own.
	Idle map[notices.Channel]func(ctx context.Context)
}

// Run sends notices until ctx is done. Sends in progress end as they would. An error of the
// store ends it. Each channel is sent by itself, so that webhooks which hang delay no e-mail
// (G6).
func (s *Sender) Run(ctx context.Context, up func()) error {
	up = sync.OnceFunc(up)
	group, ctx := errgroup.WithContext(ctx)
	for channel := range s.Channels {
		group.Go(func() error { return s.runChannel(ctx, channel, up) })
	}
	return group.Wait()
}

// runChannel sends the notices of one channel until ctx is done.
func (s *Sender) runChannel(ctx context.Context, channel notices.Channel, up func()) error {
	for ctx.Err() == nil {
		due, err := s.Store.DueNotices(ctx, []notices.Channel{channel}, atOnce, hold)
		if err != nil && ctx.Err() == nil {
			return err
		}
		up()
		if err := s.sendAll(context.WithoutCancel(ctx), due); err != nil {
			return err
		}
		if len(due) == 0 {
			s.Idle[channel](ctx)
		}
	}
	return nil
}

// sendAll sends notices side by side.
func (s *Sender) sendAll(ctx context.Context, due []notices.Notice) error {
	errs := make([]error, len(due))
	var sends sync.WaitGroup
	for i, n := range due {
		sends.Go(func() { errs[i] = s.send(ctx, n) })
	}
	sends.Wait()
	return errors.Join(errs...)
}

// send sends a notice and stores what became of it. If a process is killed in between, the
// notice is sent once more: it has the same id then.
func (s *Sender) send(ctx context.Context, n notices.Notice) error {
	err := s.attempt(ctx, n)
	if err == nil {
		s.Metrics.Noticed(string(n.Channel), "sent")
		return s.Store.DeleteNotice(ctx, n.ID)
	}
	var refused Refusal
	again := s.Clock.Now().Add(retries.Delay(n.Tries))
	if errors.As(err, &refused) || !again.Before(n.EndsAt) {
		s.Metrics.Noticed(string(n.Channel), "given_up")
		s.Logger.LogAttrs(ctx, slog.LevelError, "notice.given_up", attributes(n, err)...)
		return s.Store.DeleteNotice(ctx, n.ID)
	}
	s.Metrics.Noticed(string(n.Channel), "postponed")
	s.Logger.LogAttrs(ctx, slog.LevelWarn, "notice.postponed", attributes(n, err)...)
	return s.Store.PostponeNotice(ctx, n.ID, again)
}

var (
	errEnded      = Refusal{errors.New("it is of no use any more")}
	errNoChannel  = Refusal{errors.New("nothing was set up that sends it, and it is of no use any more")}
	errUnreadable = Refusal{errors.New("no encryption key opens it")}
)

func (s *Sender) attempt(ctx context.Context, n notices.Notice) error {
	switch {
	case n.Unreadable:
		return errUnreadable
	case s.Channels[n.Channel] == nil:
		return errNoChannel
	case !s.Clock.Now().Before(n.EndsAt):
		return errEnded
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return s.Channels[n.Channel](ctx, n)
}

// attributes returns what logs hold of a notice that was not sent: not its text, and not its
// address.
func attributes(n notices.Notice, err error) []slog.Attr {
	return []slog.Attr{
		slog.String("notice_id", n.ID), slog.String("account_id", n.AccountID),
		slog.String("channel", string(n.Channel)), slog.Int("tries", n.Tries), slog.Any("error", err),
	}
}
