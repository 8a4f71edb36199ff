package api

import (
	"context"
	"time"

	"ringback/internal/accept"
	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/models/audit"
	"ringback/models/websites"
	"ringback/sources"
	"ringback/web/internal/auth"
	"ringback/web/internal/integrationform"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
	"ringback/workflows"
)

type sourceStore interface {
	PutSource(ctx context.Context, actor audit.Actor, siteID, source string, change func(*websites.Source) error) (websites.Source, error)
	Source(ctx context.Context, accountID, siteID, source string) (websites.Source, error)
	Sources(ctx context.Context, accountID, siteID string) ([]websites.Source, error)
	DeleteSource(ctx context.Context, actor audit.Actor, siteID, source string) error
	reconciliationStore
	sourceStatusStore
}

func (h *Handler) sourceRoutes(g openapi.Group) {
	add(g, openapi.Operation{
		ID: "list-source-types", Route: "GET /sources", Access: auth.Viewer, AnySite: true, Summary: "List the types of sources",
		Description: "The providers whose webhooks can be received, with their options and credentials.",
	}, h.listSourceTypes)
	add(g, openapi.Operation{ID: "list-sources", Route: "GET /sites/{site}/sources", Access: auth.Viewer, Summary: "List the sources of a site"}, h.listSources)
	add(g, openapi.Operation{ID: "read-source", Route: "GET /sites/{site}/sources/{source}", Access: auth.Viewer, Summary: "Read a source of a site"}, h.readSource)
	add(g, openapi.Operation{
		ID: "set-up-source", Route: "PUT /sites/{site}/sources/{source}", Access: auth.Editor, Summary: "Set up a source of a site",
		Description: "Adds the source to the site, or changes the fields that are set. The answer has the webhook_url to enter at the provider.",
	}, h.putSource)
	add(g, openapi.Operation{
		ID: "delete-source", Route: "DELETE /sites/{site}/sources/{source}", Access: auth.Editor, Summary: "Delete a source of a site",
		Description: "Deletes the settings, the credentials and the address of the webhook, which answers 404 from then on. The calls and leads of the source stay what they are, and calls that go on are still decided. Its unread messages stay too; they can be read again after the source is set up again, with another address. The provider's API is not asked for calls any more.",
	}, h.deleteSource)
	h.sourceStatusRoutes(g)
}

func (h *Handler) deleteSource(ctx context.Context, in *OfSource) (*wire.NoBody, error) {
	return nil, h.store.DeleteSource(ctx, reqctx.Actor(ctx), in.Site, in.Source)
}

// OfSource are the parameters of a site's settings for one source.
type OfSource struct {
	sites.InSite
	Source string `path:"source" doc:"As GET /sources lists them, or api for calls that are reported here." example:"callrail"`
}

type sourceChanges struct {
	Enabled         *bool              `json:"enabled,omitempty" doc:"If false, the webhook answers 410. Default true." example:"true"`
	LateDataSeconds *int               `json:"late_data_seconds,omitempty" minimum:"0" maximum:"86400" doc:"How many seconds to wait after the end of a call for data that the source reports late, such as the visitor. Tags count only if the call had them at its end. GET /sources has the default of each source." example:"60"`
	Options         map[string]*string `json:"options,omitempty" doc:"The options by name. A value replaces the stored one, null restores the default, and names that are left out keep theirs."`
	NewWebhookURL   bool               `json:"new_webhook_url,omitempty" doc:"If true, the source gets another webhook_url, and the old address answers 404 at once. Use it if somebody else may know the address." example:"false"`
	Credentials     map[string]*string `json:"credentials,omitempty" doc:"The credentials by name. A value replaces the stored one, null removes it, and names that are left out keep theirs. Answers have ******** in place of values." example:"{\"signing_keys\": \"your-signing-key\"}"`
}

type sourceView struct {
	Source          string            `json:"source" example:"callrail"`
	Enabled         bool              `json:"enabled"`
	LateDataSeconds int               `json:"late_data_seconds" example:"60"`
	Options         map[string]string `json:"options"`
	Credentials     map[string]string `json:"credentials" doc:"******** for each that is set." example:"{\"signing_keys\": \"********\"}"`
	Readability
	WebhookURL string        `json:"webhook_url,omitempty" doc:"Enter this address at the provider. It cannot be guessed; keep it secret. Tokens that may only read get ******** in place of its last part. So does everybody if none of the service's keys opens it: the address still works, and new_webhook_url replaces it. It answers 2xx once the message is stored, also if it cannot be read (see unread-messages), 401 to a wrong signature, 404 to an unknown address, 410 when the source is switched off, and 429 or 503 when it should be sent again." example:"https://ringback.example.com/hooks/callrail/k3j2h4"`
	Addresses  []addressView `json:"addresses,omitempty" doc:"What to enter at the provider: the webhook_url for each of its events. If a secret of yours is a part of the address, it is shown as ********; put the secret in its place."`
	CreatedAt  time.Time     `json:"created_at"`
	UpdatedAt  time.Time     `json:"updated_at"`
}

// addressView is an address to enter at the provider.
type addressView struct {
	Code  string `json:"code,omitempty" doc:"The event of the provider that it is for. Missing if it is for everything." example:"post_call"`
	Label string `json:"label,omitempty" doc:"The same for people, in the language of the request." example:"Post-Call (needed)"`
	URL   string `json:"url" example:"https://ringback.example.com/hooks/callrail/k3j2h4?event=post_call"`
}

// addresses returns those to enter at the provider of a source, whose webhook has an address.
func (h *Handler) addresses(ctx context.Context, m websites.Source, webhook string) []addressView {
	source, ok := h.sources.Get(m.Source)
	if !ok {
		return nil
	}
	secrets := ""
	if signs, is := source.(sources.SecretsInAddress); is {
		for _, name := range signs.AddressSecrets(sources.Settings{Values: settings.Values{Options: m.Options}}) {
			secrets += "&" + name + "=" + integrationform.Mask
		}
	}
	all := source.Describe().Addresses
	if len(all) == 0 {
		all = []sources.Address{{}}
	}
	return wire.Views(all, func(a sources.Address) addressView {
		query := secrets
		if a.Query != "" {
			query += "&" + a.Query
		}
		if query != "" {
			query = "?" + query[1:]
		}
		return addressView{Code: a.Code, Label: reqctx.Writer(ctx).SourceAddress(m.Source, a.Code), URL: webhook + query}
	})
}

func (h *Handler) viewSource(ctx context.Context, m websites.Source) sourceView {
	if m.Options == nil {
		m.Options = map[string]string{}
	}
	v := sourceView{
		Source: m.Source, Enabled: m.Enabled, LateDataSeconds: m.LateDataSeconds,
		Options: m.Options, Credentials: integrationform.Masked(m.Credentials), Readability: readability(reqctx.Writer(ctx), m.CredentialsUnreadable), CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
	if m.Source != sites.APISource {
		key := integrationform.Mask
		if reqctx.Of(ctx).Principal.Allows(auth.Editor) && m.HookKey != "" {
			key = m.HookKey
		}
		v.WebhookURL = sites.WebhookURL(h.publicURL, m.Source, key)
		v.Addresses = h.addresses(ctx, m, v.WebhookURL)
	}
	return v
}

// genericAPI stands for the API among the sources: there is nothing to set but the settling.
type genericAPI struct{ sources.Source }

func (genericAPI) Describe() sources.Description { return sources.Description{Name: sites.APISource} }

func (d genericAPI) Validate(given sources.Settings) []fault.Field {
	return d.Describe().Check(given.Values)
}

// sourceOf finds the source of a name.
func (h *Handler) sourceOf(name string) (sources.Source, error) {
	if name == sites.APISource {
		return genericAPI{}, nil
	}
	source, ok := h.sources.Get(name)
	if !ok {
		return nil, fault.New(fault.NotFound, "source_not_known")
	}
	return source, nil
}

func (h *Handler) putSource(ctx context.Context, in *struct {
	OfSource
	Body sourceChanges
}) (*wire.Answer[sourceView], error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	source, err := h.sourceOf(in.Source)
	if err != nil {
		return nil, err
	}
	stored, err := h.store.PutSource(ctx, reqctx.Actor(ctx), site.ID, in.Source, func(m *websites.Source) error {
		wasReconciled := reconciles(source, *m, site)
		if m.CreatedAt.IsZero() { // a new one
			m.Enabled, m.LateDataSeconds = true, source.Describe().SettleSeconds
		}
		if err := in.Body.apply(m, source, site); err != nil {
			return err
		}
		// What was wrong may be repaired. What is not to be reconciled any more ends at once, so
		// that no call is found that begins from now on.
		if wasReconciled || reconciles(source, *m, site) {
			m.ReconcileBy = workflows.ReconcileID
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return wire.Body(h.viewSource(ctx, stored)), nil
}

// apply puts what is given into a source's settings and checks the whole of them.
func (c sourceChanges) apply(to *websites.Source, source sources.Source, site websites.Site) error {
	wire.Set(&to.Enabled, c.Enabled)
	wire.Set(&to.LateDataSeconds, c.LateDataSeconds)
	if c.NewWebhookURL {
		to.RenewHookKey()
	}
	before, given := accept.SettingsOf(*to, site), integrationform.Unmasked(c.Credentials)
	to.Options = wire.Merge(to.Options, c.Options)
	to.Credentials = wire.Merge(to.Credentials, given)
	after := accept.SettingsOf(*to, site)
	fields := append(source.Validate(after), integrationform.SentElsewhere(source.Describe().Form, before.Values, after.Values, given)...)
	if source.Describe().Name == sites.APISource && !to.Enabled {
		fields = append(fields, fault.Field{Path: "enabled", Expected: fault.Expect("api_enabled")})
	}
	if len(fields) > 0 {
		return fault.InvalidFields(fields...)
	}
	return nil
}

func (h *Handler) readSource(ctx context.Context, in *struct {
	OfSource
}) (*wire.Answer[sourceView], error) {
	stored, err := h.store.Source(ctx, reqctx.Account(ctx), in.Site, in.Source)
	if err != nil {
		return nil, err
	}
	return wire.Body(h.viewSource(ctx, stored)), nil
}

func (h *Handler) listSources(ctx context.Context, in *struct {
	sites.InSite
}) (*wire.Listing[sourceView], error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	stored, err := h.store.Sources(ctx, reqctx.Account(ctx), site.ID)
	if err != nil {
		return nil, err
	}
	return wire.List(stored, "", func(m websites.Source) sourceView { return h.viewSource(ctx, m) }), nil
}
