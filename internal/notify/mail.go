package notify

import (
	"context"
	"errors"

	"ringback/internal/mail"
	"ringback/models/notices"
)

// ByMail returns the way to send e-mails by a server.
func ByMail(client *mail.Client) Send {
	return func(ctx context.Context, n notices.Notice) error {
		to, subject, text := n.MailContent()
		err := client.Send(ctx, mail.Message{ID: n.ID, To: to, Subject: subject, Text: text, At: n.CreatedAt})
		var failed *mail.Error
		if errors.As(err, &failed) && failed.Refused {
			return Refusal{err}
		}
		return err
	}
}
