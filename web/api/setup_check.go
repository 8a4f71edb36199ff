package api

import (
	"context"
	"time"

	"ringback/destinations"
	"ringback/internal/fault"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

// setupCheckTime is how long a check of a set-up may take, over all its requests.
const setupCheckTime = 25 * time.Second

// setupCheckView is what a check of a set-up found.
type setupCheckView struct {
	Works    bool               `json:"works" doc:"Whether every condition is met." example:"false"`
	Findings []setupFindingView `json:"findings" doc:"One for each condition. If one is not met without which the others cannot be checked, such as the login, it is the last."`
}

type setupFindingView struct {
	Met bool `json:"met" doc:"Whether the condition is met. If it is not, the explanation says what to do." example:"true"`
	conversionview.ReasonView
}

// checkSetup checks an integration's set-up at its destination. The switch does not
// matter, and nothing is written there.
func (h *Handler) checkSetup(ctx context.Context, in *struct {
	OfIntegration
}) (*wire.Answer[setupCheckView], error) {
	integration, err := h.store.Integration(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	destination, _ := h.destinations.Get(integration.Type)
	checker, ok := destination.(destinations.SetupChecker)
	if !ok {
		return nil, fault.New(fault.Conflict, "no_setup_check")
	}
	if integration.CredentialsUnreadable {
		return nil, fault.New(fault.Conflict, "credentials_unreadable")
	}
	if err := h.takeSend(ctx); err != nil {
		return nil, err
	}
	values := integration.Values()
	values.Tokens = h.store.IntegrationTokens(integration.ID)
	limited, cancel := context.WithTimeout(ctx, setupCheckTime)
	defer cancel()
	view := setupCheckView{Works: true, Findings: []setupFindingView{}}
	for _, f := range checker.CheckSetup(limited, h.outbound, values) {
		view.Works = view.Works && f.Met
		view.Findings = append(view.Findings, setupFindingView{f.Met, conversionview.ViewReason(reqctx.Writer(ctx), f.Reason)})
	}
	return wire.Body(view), nil
}
