package api

import (
	"context"
	"time"

	"ringback/conversion"
	"ringback/explanation"
	"ringback/models/integrations"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/integrationform"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

// Readability reports whether the stored credentials can be used.
type Readability struct {
	CredentialsUnreadable bool                    `json:"credentials_unreadable,omitempty" doc:"True if credentials are stored that cannot be decrypted with any key of the service."`
	ProblemCode           explanation.ProblemCode `json:"problem_code,omitempty" doc:"What is wrong, as a code." example:"credentials_unreadable"`
	Problem               string                  `json:"problem,omitempty" doc:"What to do if the credentials cannot be decrypted."`
}

func readability(w explanation.Writer, isUnreadable bool) Readability {
	if !isUnreadable {
		return Readability{}
	}
	code := explanation.ProblemCredentialsUnreadable
	return Readability{CredentialsUnreadable: true, ProblemCode: code, Problem: w.Problem(code)}
}

type integrationView struct {
	ID          string            `json:"id" example:"int_01jdq00000000000000000000"`
	SiteID      string            `json:"site_id" example:"site_01jdq00000000000000000000"`
	Type        string            `json:"type" example:"rtbhouse"`
	Name        string            `json:"name" example:"RTB House"`
	Enabled     bool              `json:"enabled"`
	Version     int               `json:"version" doc:"Counts every change. A decision names the version it was made by." example:"3"`
	Credentials map[string]string `json:"credentials" doc:"******** for each that is set. The values are never shown." example:"{\"pkey\": \"********\", \"tagging_hash\": \"********\"}"`
	Readability
	SettingsView
	Breaker   conversionview.BreakerView `json:"breaker" doc:"Whether the destination is being called."`
	CreatedAt time.Time                  `json:"created_at"`
	UpdatedAt time.Time                  `json:"updated_at"`
}

// SettingsView are the settings of an integration that every version keeps.
type SettingsView struct {
	Options          map[string]string           `json:"options"`
	AttributionModel conversion.AttributionModel `json:"attribution_model" example:"last_non_direct"`
	Calls            *integrationform.RulesBody  `json:"calls,omitempty" doc:"Which calls are sent. Missing if no call is."`
	Leads            *integrationform.RulesBody  `json:"leads,omitempty" doc:"Which leads are sent. Missing if no lead is."`
	Delivery         deliveryPolicyView          `json:"delivery"`
}

type deliveryPolicyView struct {
	RetryForSeconds int     `json:"retry_for_seconds" example:"259200"`
	TimeoutSeconds  int     `json:"timeout_seconds" example:"10"`
	MaxConcurrent   int     `json:"max_concurrent" example:"10"`
	PerSecond       float64 `json:"per_second" example:"0"`
	SwitchOffAfter  int     `json:"switch_off_after" example:"0"`
}

// versionView is how an integration was at one version.
type versionView struct {
	Version        int       `json:"version" example:"2"`
	Name           string    `json:"name" example:"RTB House"`
	Enabled        bool      `json:"enabled"`
	CredentialsSet []string  `json:"credentials_set" doc:"The names of the credentials that were set."`
	ChangedBy      string    `json:"changed_by" doc:"Id of the token; admin for the operator's, ringback for an automatic switch-off." example:"admin"`
	CreatedAt      time.Time `json:"created_at"`
	SettingsView
}

func viewIntegration(w explanation.Writer, m integrations.Integration, b integrations.Breaker, waiting int) integrationView {
	return integrationView{
		ID: m.ID, SiteID: m.SiteID, Type: m.Type, Name: m.Name, Enabled: m.Enabled, Version: m.Version,
		Credentials: integrationform.Masked(m.Credentials), Readability: readability(w, m.CredentialsUnreadable), SettingsView: viewSettings(m.Settings), Breaker: conversionview.ViewBreaker(w, b, waiting),
		CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
}

func viewSettings(m integrations.Settings) SettingsView {
	if m.Options == nil {
		m.Options = map[string]string{}
	}
	return SettingsView{
		Options: m.Options, AttributionModel: m.AttributionModel,
		Calls: integrationform.ViewRules(m.Calls), Leads: integrationform.ViewRules(m.Leads), Delivery: deliveryPolicyView(m.Delivery),
	}
}

func viewVersion(m integrations.Version) versionView {
	if m.CredentialsSet == nil {
		m.CredentialsSet = []string{}
	}
	return versionView{
		Version: m.Version, Name: m.Name, Enabled: m.Enabled, CredentialsSet: m.CredentialsSet,
		ChangedBy: m.ChangedBy, CreatedAt: m.CreatedAt, SettingsView: viewSettings(m.Settings),
	}
}

func (h *Handler) listVersions(ctx context.Context, in *struct {
	OfIntegration
	wire.Paging
}) (*wire.Listing[versionView], error) {
	versions, next, err := h.store.IntegrationVersions(ctx, reqctx.Account(ctx), in.Site, in.ID, in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(versions, next, viewVersion), nil
}
