package web

import (
	"context"
	"time"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/sources"
	"ringback/web/internal/auth"
	"ringback/web/internal/reqctx"
)

// apiSource is the name of the generic API among the sources.
const apiSource = "api"

// OfSource are the parameters of a site's settings for one source.
type OfSource struct {
	InSite
	Source string `path:"source" doc:"As GET /sources lists them, or api for calls that are reported here." example:"callrail"`
}

type sourceChanges struct {
	Enabled       *bool              `json:"enabled,omitempty" doc:"Off: the webhook answers 410. Default true." example:"true"`
	SettleSeconds *int               `json:"settle_seconds,omitempty" minimum:"0" maximum:"86400" doc:"How long to wait after a call's end for what the source reports late, such as the visitor. Tags count only as of the end all the same. Default: the source's own." example:"60"`
	Options       map[string]*string `json:"options,omitempty" doc:"By name. Names that are given replace what is stored, null goes back to the default, others stay."`
	Credentials   map[string]*string `json:"credentials,omitempty" doc:"By name. Names that are given replace what is stored, null removes, others stay. Reading gives ******** for those that are set." example:"{\"signing_keys\": \"your signing key\"}"`
}

type sourceView struct {
	Source        string            `json:"source" example:"callrail"`
	Enabled       bool              `json:"enabled"`
	SettleSeconds int               `json:"settle_seconds" example:"60"`
	Options       map[string]string `json:"options"`
	Credentials   map[string]string `json:"credentials" doc:"******** for each that is set." example:"{\"signing_keys\": \"********\"}"`
	Readability
	WebhookURL string    `json:"webhook_url,omitempty" doc:"Enter this at the provider. It cannot be guessed; keep it to yourself: whoever may only read gets ******** in place of its last part. It answers 2xx only once what it got is stored, 401 to a wrong signature, 404 to an unknown address, 410 when the source is switched off, 422 to what it cannot read, and 503 when it should be sent again." example:"https://ringback.example.com/hooks/callrail/k3j2h4"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

func (s *server) viewSource(ctx context.Context, m models.SiteSource) sourceView {
	if m.Options == nil {
		m.Options = map[string]string{}
	}
	v := sourceView{
		Source: m.Source, Enabled: m.Enabled, SettleSeconds: m.LateDataSeconds,
		Options: m.Options, Credentials: masked(m.Credentials), Readability: readability(m.CredentialsUnreadable), CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
	if m.Source != apiSource {
		key := mask
		if reqctx.Of(ctx).Principal.Allows(auth.Editor) {
			key = m.HookKey
		}
		v.WebhookURL = s.PublicURL + "/hooks/" + m.Source + "/" + key
	}
	return v
}

// genericAPI stands for the API among the sources: there is nothing to set but the settling.
type genericAPI struct{ sources.Source }

func (genericAPI) Describe() sources.Description { return sources.Description{Name: apiSource} }

func (d genericAPI) Validate(given sources.Settings) []fault.Field {
	return d.Describe().Check(given.Values)
}

// sourceOf finds the source of a name.
func (s *server) sourceOf(name string) (sources.Source, error) {
	if name == apiSource {
		return genericAPI{}, nil
	}
	source, ok := s.Sources.Get(name)
	if !ok {
		return nil, fault.New(fault.NotFound, "there is no such source; GET /sources lists them")
	}
	return source, nil
}

func (s *server) putSource(ctx context.Context, in *struct {
	OfSource
	Body sourceChanges
}) (*answer[sourceView], error) {
	site, err := s.site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	source, err := s.sourceOf(in.Source)
	if err != nil {
		return nil, err
	}
	stored, err := s.Store.PutSource(ctx, reqctx.Actor(ctx), site.ID, in.Source, func(m *models.SiteSource) error {
		if m.CreatedAt.IsZero() { // a new one
			m.Enabled, m.LateDataSeconds = true, source.Describe().SettleSeconds
		}
		return in.Body.apply(m, source, site)
	})
	if err != nil {
		return nil, err
	}
	return answerOf(s.viewSource(ctx, stored)), nil
}

// apply puts what is given into a source's settings and checks the whole of them.
func (c sourceChanges) apply(to *models.SiteSource, source sources.Source, site models.Site) error {
	set(&to.Enabled, c.Enabled)
	set(&to.LateDataSeconds, c.SettleSeconds)
	to.Options = merge(to.Options, c.Options)
	to.Credentials = merge(to.Credentials, unmasked(c.Credentials))
	fields := source.Validate(sourceSettings(*to, site))
	if source.Describe().Name == apiSource && !to.Enabled {
		fields = append(fields, fault.Field{Path: "enabled", Expected: "true: to stop calls from the API, revoke its tokens"})
	}
	if len(fields) > 0 {
		return fault.InvalidFields(fields...)
	}
	return nil
}

func (s *server) readSource(ctx context.Context, in *OfSource) (*answer[sourceView], error) {
	stored, err := s.Store.Source(ctx, reqctx.Account(ctx), in.Site, in.Source)
	if err != nil {
		return nil, err
	}
	return answerOf(s.viewSource(ctx, stored)), nil
}

func (s *server) listSources(ctx context.Context, in *InSite) (*listing[sourceView], error) {
	site, err := s.site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	stored, err := s.Store.Sources(ctx, reqctx.Account(ctx), site.ID)
	if err != nil {
		return nil, err
	}
	return listOf(stored, "", func(m models.SiteSource) sourceView { return s.viewSource(ctx, m) }), nil
}
