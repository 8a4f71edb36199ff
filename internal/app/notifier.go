package app

import (
	"context"

	"ringback/destinations/webhook"
	"ringback/internal/mail"
	"ringback/internal/notify"
	"ringback/internal/watch"
	"ringback/models/alerting"
	"ringback/models/notices"
)

// newNotifier returns what sends messages to people, by the channels that are configured.
func (s *Service) newNotifier() *notify.Sender {
	sender := &notify.Sender{
		Store: s.store, Channels: map[notices.Channel]notify.Send{
			alerting.Webhook: watch.ByWebhook(s.store, webhook.New(s.deps.Clock), s.outbound),
		},
		Clock: s.deps.Clock, Metrics: s.metrics, Logger: s.log.With("component", notifierName),
	}
	// The settings were checked, so an error means that no server is set.
	if server, err := mail.ParseServer(s.config.SMTPURL); err == nil {
		sender.Channels[notices.Mail] = notify.ByMail(mail.New(mail.Options{Server: server, From: s.config.SMTPFrom}))
	}
	return sender
}

// watchAlerts begins and ends incidents until ctx is done.
func (s *Service) watchAlerts(ctx context.Context, up func()) error {
	words := watch.Words{PublicURL: s.config.PublicURL}
	return repeat(ctx, s.deps.Clock, watch.Every, func(ctx context.Context) error {
		_, err := s.store.WatchAlerts(ctx, words)
		return err
	}, up)
}
