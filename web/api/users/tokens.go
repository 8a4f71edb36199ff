package users

import (
	"context"
	"net/http"
	"time"

	"ringback/internal/ids"
	"ringback/internal/instant"
	"ringback/models"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

type tokenStore interface {
	CreateToken(ctx context.Context, actor audit.Actor, token accounts.Token) error
	Tokens(ctx context.Context, accountID string, page models.Page) ([]accounts.Token, string, error)
	RevokeToken(ctx context.Context, actor audit.Actor, accountID, id string) error
}

func (h *Handler) tokenRoutes(g openapi.Group) {
	add(g, openapi.Operation{
		ID: "create-token", Route: "POST /tokens", Access: auth.Admin, Summary: "Create a token", Status: http.StatusCreated,
		Description: "The answer has the token itself, which cannot be read again. The operator creates tokens of another account with the header Ringback-Account.",
	}, h.createToken)
	add(g, openapi.Operation{ID: "list-tokens", Route: "GET /tokens", Access: auth.Admin, Summary: "List the tokens"}, h.listTokens)
	add(g, openapi.Operation{
		ID: "revoke-token", Route: "DELETE /tokens/{token}", Access: auth.Admin, Summary: "Revoke a token",
		Description: "The token stops working within ten seconds.",
	}, h.revokeToken)
}

type newToken struct {
	Name string        `json:"name" minLength:"1" maxLength:"200" doc:"What the token is for." example:"web site"`
	Role accounts.Role `json:"role" enum:"admin,editor,viewer,intake" doc:"An admin may do everything in the account, an editor changes settings and resends deliveries, a viewer reads, and intake only posts events and leads." example:"intake"`
}

// TokenView is a token as it is shown: never its secret.
type TokenView struct {
	ID        string        `json:"id" example:"tok_01jdq00000000000000000000"`
	Name      string        `json:"name" example:"web site"`
	Role      accounts.Role `json:"role" example:"intake"`
	CreatedAt time.Time     `json:"created_at"`
	RevokedAt *time.Time    `json:"revoked_at,omitempty" doc:"Since when it lets nobody in."`
	LastUsed  *time.Time    `json:"last_used_at,omitempty" doc:"When a request was last sent with it, exact to some minutes. Missing if it was never used."`
}

// createdToken is the one answer that holds a token's secret.
type createdToken struct {
	TokenView
	Token string `json:"token" doc:"The token itself, for the Authorization header. It is shown this once and cannot be read again." example:"rbk_..."`
}

func viewToken(m accounts.Token) TokenView {
	return TokenView{ID: m.ID, Name: m.Name, Role: m.Role, CreatedAt: m.CreatedAt, RevokedAt: m.RevokedAt, LastUsed: m.LastUsedAt}
}

func (h *Handler) createToken(ctx context.Context, in *struct{ Body newToken }) (*wire.Answer[createdToken], error) {
	token := accounts.Token{
		ID: ids.New(ids.Token), AccountID: reqctx.Account(ctx), Name: in.Body.Name, Role: in.Body.Role,
		CreatedAt: instant.Now(h.clock),
	}
	var text string
	text, token.SecretHash = auth.NewSecret(token.ID)
	if err := h.store.CreateToken(ctx, reqctx.Actor(ctx), token); err != nil {
		return nil, err
	}
	return wire.Body(createdToken{TokenView: viewToken(token), Token: text}), nil
}

func (h *Handler) listTokens(ctx context.Context, in *wire.Paging) (*wire.Listing[TokenView], error) {
	tokens, next, err := h.store.Tokens(ctx, reqctx.Account(ctx), in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(tokens, next, viewToken), nil
}

func (h *Handler) revokeToken(ctx context.Context, in *struct {
	Token string `path:"token" doc:"The token's id." example:"tok_01jdq00000000000000000000"`
}) (*wire.NoBody, error) {
	defer h.auth.Forget(in.Token)
	return nil, h.store.RevokeToken(ctx, reqctx.Actor(ctx), reqctx.Account(ctx), in.Token)
}
