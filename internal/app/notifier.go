package app

import (
	"ringback/internal/mail"
	"ringback/internal/notify"
	"ringback/models/notices"
)

// newNotifier returns what sends messages to people, by the channels that are configured.
func (s *Service) newNotifier() *notify.Sender {
	sender := &notify.Sender{
		Store: s.store, Channels: map[notices.Channel]notify.Send{},
		Clock: s.deps.Clock, Metrics: s.metrics, Logger: s.log.With("component", notifierName),
	}
	// The settings were checked, so an error means that no server is set.
	if server, err := mail.ParseServer(s.config.SMTPURL); err == nil {
		sender.Channels[notices.Mail] = notify.ByMail(mail.New(mail.Options{Server: server, From: s.config.SMTPFrom}))
	}
	return sender
}
