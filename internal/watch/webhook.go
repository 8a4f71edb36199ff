package watch

import (
	"context"
	"errors"
	"fmt"

	"ringback/destinations/webhook"
	"ringback/internal/delivery"
	"ringback/internal/notify"
	"ringback/internal/settings"
	"ringback/models/alerting"
	"ringback/models/notices"
)

// Settings reads where alerts are sent.
type Settings interface {
	AlertSettings(ctx context.Context, accountID string) (alerting.Settings, error)
}

// ByWebhook returns the way to send notices to the webhooks of accounts. A notice goes to
// the address that is set now, signed by the secret that is set now.
func ByWebhook(store Settings, hook *webhook.Destination, doer delivery.Doer) notify.Send {
	return func(ctx context.Context, n notices.Notice) error {
		s, err := store.AlertSettings(ctx, n.AccountID)
		if err != nil {
			return err
		}
		if s.WebhookURL == "" {
			return notify.Refusal{Cause: errors.New("the account has no webhook any more")}
		}
		result := hook.Post(ctx, doer, n.ID, []byte(n.Content[alerting.BodyOf]), Values(s))
		switch {
		case result.Class == delivery.ClassDelivered:
			return nil
		case result.Class.Retryable(), s.Unreadable:
			return errors.New(describe(result))
		default:
			return notify.Refusal{Cause: errors.New(describe(result))}
		}
	}
}

func describe(result delivery.Result) string {
	return fmt.Sprintf("the webhook: %s, status %d", result.Class, result.Status)
}

// Values returns the webhook of an account as settings of a destination.
func Values(s alerting.Settings) settings.Values {
	return settings.Values{Options: map[string]string{"url": s.WebhookURL}, Credentials: s.Credentials}
}
