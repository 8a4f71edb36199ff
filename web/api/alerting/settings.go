package alerting

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"ringback/alerts"
	"ringback/internal/fault"
	"ringback/internal/limits"
	"ringback/internal/locale"
	"ringback/internal/watch"
	"ringback/models/alerting"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

// settingsBody are changes of where alerts are sent.
type settingsBody struct {
	Emails        *[]string      `json:"emails,omitempty" maxItems:"20" doc:"The e-mail addresses that get messages. Each gets one message about all alerts that begin or end within about two minutes." example:"[\"owner@example.com\"]"`
	WebhookURL    *string        `json:"webhook_url,omitempty" maxLength:"2048" doc:"The URL that receives a signed POST request about each beginning and end: https, or http within the operator's own network. Empty switches it off." example:"https://hooks.example.com/ringback"`
	WebhookSecret *string        `json:"webhook_secret,omitempty" maxLength:"2048" doc:"The secret that signs each message, as in the integration Webhook: whsec_ followed by 24 to 64 random bytes in base64, several ones on lines of their own during a rotation. It is never shown."`
	Language      *string        `json:"language,omitempty" enum:"en,ru,pt-BR" doc:"The language of the messages." example:"en"`
	MutedKinds    *[]alerts.Kind `json:"muted_kinds,omitempty" maxItems:"7" doc:"Kinds of alerts about which nothing is sent. They are still listed." example:"[\"quota_near\"]"`
}

// settingsView is where alerts are sent.
type settingsView struct {
	Emails           []string      `json:"emails"`
	SendsEmails      bool          `json:"sends_emails" doc:"Whether the operator has set a server that e-mails are sent by."`
	WebhookURL       string        `json:"webhook_url" example:"https://hooks.example.com/ringback"`
	WebhookSecretSet bool          `json:"webhook_secret_set" doc:"Whether a secret is stored."`
	Language         string        `json:"language" example:"en"`
	MutedKinds       []alerts.Kind `json:"muted_kinds"`
}

func (h *Handler) viewSettings(s alerting.Settings) settingsView {
	return settingsView{
		Emails: s.Emails, SendsEmails: h.SendsMails, WebhookURL: s.WebhookURL,
		WebhookSecretSet: s.Credentials[alerting.SigningSecret] != "", Language: cmp.Or(s.Language, string(locale.English)), MutedKinds: s.MutedKinds,
	}
}

func (h *Handler) readSettings(ctx context.Context, _ *struct{}) (*wire.Answer[settingsView], error) {
	s, err := h.Store.AlertSettings(ctx, reqctx.Account(ctx))
	if err != nil {
		return nil, err
	}
	return wire.Body(h.viewSettings(s)), nil
}

func (h *Handler) changeSettings(ctx context.Context, in *struct{ Body settingsBody }) (*wire.Answer[settingsView], error) {
	s, err := h.Store.ChangeAlertSettings(ctx, reqctx.Actor(ctx), func(s *alerting.Settings) error {
		in.Body.apply(s)
		if wrong := h.check(*s); len(wrong) > 0 {
			return fault.InvalidFields(wrong...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return wire.Body(h.viewSettings(s)), nil
}

// apply puts what is given into the settings.
func (b settingsBody) apply(s *alerting.Settings) {
	wire.Set(&s.Emails, b.Emails)
	wire.Set(&s.WebhookURL, b.WebhookURL)
	wire.Set(&s.Language, b.Language)
	wire.Set(&s.MutedKinds, b.MutedKinds)
	if b.WebhookSecret != nil {
		if s.Credentials == nil {
			s.Credentials = map[string]string{}
		}
		s.Credentials[alerting.SigningSecret] = *b.WebhookSecret
	}
}

// paths are the fields of the API by those of the destination that checks them.
var paths = map[string]string{"options.url": "webhook_url", "credentials.signing_secret": "webhook_secret"}

// check returns what is wrong with the settings. The webhook has the rules of the
// destination of the same name.
func (h *Handler) check(s alerting.Settings) []fault.Field {
	var wrong []fault.Field
	for i, address := range s.Emails {
		if !limits.IsEmail(address) || len(address) > limits.Email {
			wrong = append(wrong, fault.Field{Path: "emails." + strconv.Itoa(i), Expected: fault.Expect("email")})
		}
	}
	for i, kind := range s.MutedKinds {
		if !slices.Contains(alerts.Kinds(), kind) {
			wrong = append(wrong, fault.Field{Path: "muted_kinds." + strconv.Itoa(i), Expected: fault.OneOf(alerts.Kinds())})
		}
	}
	if s.WebhookURL == "" {
		return wrong
	}
	for _, field := range h.hook.Validate(watch.Values(s)) {
		if path := paths[field.Path]; path != "" {
			field.Path = path
		}
		wrong = append(wrong, field)
	}
	return wrong
}
