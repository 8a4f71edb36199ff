package web

import (
	"context"
	"time"

	"ringback/internal/ids"
	"ringback/internal/instant"
	"ringback/models"
	"ringback/web/internal/auth"
	"ringback/web/internal/reqctx"
)

type newToken struct {
	Name string      `json:"name" minLength:"1" maxLength:"200" doc:"What the token is for." example:"web site"`
	Role models.Role `json:"role" enum:"admin,editor,viewer,intake" doc:"admin: everything in the account. editor: settings and resends. viewer: reads. intake: only posts events and leads." example:"intake"`
}

// TokenView is a token as it is shown: never its secret.
type TokenView struct {
	ID        string      `json:"id" example:"tok_01jdq00000000000000000000"`
	Name      string      `json:"name" example:"web site"`
	Role      models.Role `json:"role" example:"intake"`
	CreatedAt time.Time   `json:"created_at"`
	RevokedAt *time.Time  `json:"revoked_at,omitempty" doc:"Since when it lets nobody in."`
}

// createdToken is the one answer that holds a token's secret.
type createdToken struct {
	TokenView
	Token string `json:"token" doc:"The token itself, for the Authorization header. It is shown this once and cannot be read again." example:"rbk_..."`
}

func viewToken(m models.Token) TokenView {
	return TokenView{ID: m.ID, Name: m.Name, Role: m.Role, CreatedAt: m.CreatedAt, RevokedAt: m.RevokedAt}
}

func (s *server) createToken(ctx context.Context, in *struct{ Body newToken }) (*answer[createdToken], error) {
	token := models.Token{
		ID: ids.New(ids.Token), AccountID: reqctx.Account(ctx), Name: in.Body.Name, Role: in.Body.Role,
		CreatedAt: instant.Now(s.clock),
	}
	var text string
	text, token.SecretHash = auth.NewSecret(token.ID)
	if err := s.Store.CreateToken(ctx, reqctx.Actor(ctx), token); err != nil {
		return nil, err
	}
	return answerOf(createdToken{TokenView: viewToken(token), Token: text}), nil
}

func (s *server) listTokens(ctx context.Context, in *Paging) (*listing[TokenView], error) {
	tokens, next, err := s.Store.Tokens(ctx, reqctx.Account(ctx), in.page())
	if err != nil {
		return nil, err
	}
	return listOf(tokens, next, viewToken), nil
}

func (s *server) revokeToken(ctx context.Context, in *struct {
	Token string `path:"token" doc:"The token's id." example:"tok_01jdq00000000000000000000"`
}) (*nothing, error) {
	defer s.authenticator.Forget(in.Token)
	return nil, s.Store.RevokeToken(ctx, reqctx.Actor(ctx), reqctx.Account(ctx), in.Token)
}
