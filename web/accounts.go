package web

import (
	"context"
	"time"

	"ringback/models"
	"ringback/web/internal/reqctx"
)

type newAccount struct {
	Name string `json:"name" minLength:"1" maxLength:"200" doc:"For people." example:"Example Ltd"`
}

type accountView struct {
	ID        string    `json:"id" example:"acc_01jdq00000000000000000000"`
	Name      string    `json:"name" example:"Example Ltd"`
	CreatedAt time.Time `json:"created_at"`
}

func viewAccount(m models.Account) accountView {
	return accountView{ID: m.ID, Name: m.Name, CreatedAt: m.CreatedAt}
}

func (s *server) createAccount(ctx context.Context, in *struct{ Body newAccount }) (*answer[accountView], error) {
	created, err := s.Store.CreateAccount(ctx, reqctx.Actor(ctx), in.Body.Name)
	if err != nil {
		return nil, err
	}
	return answerOf(viewAccount(created)), nil
}

func (s *server) listAccounts(ctx context.Context, in *Paging) (*listing[accountView], error) {
	accounts, next, err := s.Store.Accounts(ctx, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(accounts, next, viewAccount), nil
}
