package app

import (
	"context"

	"ringback/destinations/webhook"
	"ringback/internal/mail"
	"ringback/internal/notify"
	"ringback/internal/watch"
	"ringback/models"
	"ringback/models/alerting"
	"ringback/models/notices"
)

// newNotifier returns what sends messages to people by some channels.
func (s *Service) newNotifier(look *lookout, channels map[notices.Channel]notify.Send) *notify.Sender {
	sender := &notify.Sender{
		Store: s.store, Channels: channels, Idle: map[notices.Channel]func(context.Context){},
		Clock: s.deps.Clock, Metrics: s.metrics, Logger: s.log.With("component", notifierName),
	}
	for channel := range channels {
		sender.Idle[channel] = look.idle(func(due models.Due) bool { return due.Notices })
	}
	return sender
}

// channels returns the channels that are configured, by which messages are sent to people.
func (s *Service) channels() map[notices.Channel]notify.Send {
	channels := map[notices.Channel]notify.Send{
		alerting.Webhook: watch.ByWebhook(s.store, webhook.New(s.deps.Clock), s.outbound),
	}
	// The settings were checked, so an error means that no server is set.
	if server, err := mail.ParseServer(s.config.SMTPURL); err == nil {
		channels[notices.Mail] = notify.ByMail(mail.New(mail.Options{Server: server, From: s.config.SMTPFrom}))
	}
	return channels
}

// watchAlerts begins and ends incidents until ctx is done.
func (s *Service) watchAlerts(ctx context.Context, up func()) error {
	words := watch.Words{PublicURL: s.config.PublicURL}
	return repeat(ctx, every(s.deps.Clock, watch.Every), func(ctx context.Context) error {
		_, err := s.store.WatchAlerts(ctx, words)
		return err
	}, up)
}
