package api

import (
	"context"
	"net/http"
	"time"

	"ringback/models"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

type accountStore interface {
	CreateAccount(ctx context.Context, actor audit.Actor, name string) (accounts.Account, error)
	Accounts(ctx context.Context, page models.Page) ([]accounts.Account, string, error)
	Audit(ctx context.Context, accountID string, filter audit.Filter, page models.Page) ([]audit.Entry, string, error)
}

func (h *Handler) accountRoutes(a *openapi.API) {
	g := a.Group(openapi.Group{Name: "Account", Order: orderAccount, Description: "The audit trail, limits, accounts."})
	add(g, openapi.Operation{
		ID: "list-audit-entries", Route: "GET /audit", Access: auth.Admin, Summary: "List the changes of settings",
		Description: "Every change of settings, resend, test event and check of a page, with its time and its actor. Credentials are named, never shown.",
	}, h.listAudit)
	add(g, openapi.Operation{
		ID: "list-limits", Route: "GET /limits", Access: auth.Viewer, AnySite: true, Summary: "List the limits of the account",
		Description: "What the account may set up and do, and how much of it is used. The operator can change the limits.",
	}, h.readLimits)
	add(g, openapi.Operation{
		ID: "create-account", Route: "POST /accounts", Access: auth.Operator, Summary: "Create an account", Status: http.StatusCreated,
		Description: "For the operator, who has the token RINGBACK_ADMIN_TOKEN and acts for another account with the header Ringback-Account: acc_...",
	}, h.createAccount)
	add(g, openapi.Operation{ID: "list-accounts", Route: "GET /accounts", Access: auth.Operator, Summary: "List the accounts"}, h.listAccounts)
	add(g, openapi.Operation{
		ID: "change-limits", Route: "PATCH /accounts/{account}/limits", Access: auth.Operator, Summary: "Change the limits of an account",
		Description: "For the operator. Processes follow within ten seconds. Deliveries that wait for the next day because of a lower limit wait until then.",
	}, h.changeLimits)
}

type newAccount struct {
	Name string `json:"name" minLength:"1" maxLength:"200" doc:"A name for your own use." example:"Example Ltd"`
}

type accountView struct {
	ID        string    `json:"id" example:"acc_01jdq00000000000000000000"`
	Name      string    `json:"name" example:"Example Ltd"`
	CreatedAt time.Time `json:"created_at"`
}

func viewAccount(m accounts.Account) accountView {
	return accountView{ID: m.ID, Name: m.Name, CreatedAt: m.CreatedAt}
}

func (h *Handler) createAccount(ctx context.Context, in *struct{ Body newAccount }) (*wire.Answer[accountView], error) {
	created, err := h.store.CreateAccount(ctx, reqctx.Actor(ctx), in.Body.Name)
	if err != nil {
		return nil, err
	}
	return wire.Body(viewAccount(created)), nil
}

func (h *Handler) listAccounts(ctx context.Context, in *wire.Paging) (*wire.Listing[accountView], error) {
	accounts, next, err := h.store.Accounts(ctx, in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(accounts, next, viewAccount), nil
}
