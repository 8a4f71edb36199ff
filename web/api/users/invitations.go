package users

import (
	"context"
	"time"

	"ringback/models/accounts"
	"ringback/models/users"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

type invitationBody struct {
	Email string `json:"email" maxLength:"254" doc:"The person's e-mail address, with which the person signs in." example:"person@example.com"`
	GrantBody
}

// InvitationView is an invitation as it is shown: never its link.
type InvitationView struct {
	ID        string                   `json:"id" example:"lnk_01jdq00000000000000000000"`
	Email     string                   `json:"email" example:"person@example.com"`
	Role      accounts.Role            `json:"role,omitempty" example:"editor"`
	Sites     map[string]accounts.Role `json:"sites,omitempty"`
	CreatedBy string                   `json:"created_by" doc:"Id of the user or the token that invited the person; admin for the operator's token." example:"usr_01jdq00000000000000000000"`
	CreatedAt time.Time                `json:"created_at"`
	EndsAt    time.Time                `json:"ends_at" doc:"Until when the link can be used."`
}

func viewInvitation(m users.Link) InvitationView {
	return InvitationView{
		ID: m.ID, Email: m.Email, Role: m.Role, Sites: m.Sites, CreatedBy: m.CreatedBy, CreatedAt: m.CreatedAt, EndsAt: m.EndsAt,
	}
}

// createdInvitation is the one answer that holds the link.
type createdInvitation struct {
	InvitationView
	URL    string `json:"url" doc:"The link for the person. It is shown this once and cannot be read again." example:"https://ringback.example.com/join/..."`
	Mailed bool   `json:"mailed" doc:"Whether the person is sent the link by e-mail, too. It is if the service sends e-mails."`
}

type resetView struct {
	URL    string    `json:"url" doc:"The link for the user. It is shown this once and cannot be read again." example:"https://ringback.example.com/reset/..."`
	EndsAt time.Time `json:"ends_at" doc:"Until when the link can be used."`
	Mailed bool      `json:"mailed" doc:"Whether the user is sent the link by e-mail, too."`
}

func (h *Handler) invite(ctx context.Context, in *struct{ Body invitationBody }) (*wire.Answer[createdInvitation], error) {
	grant, err := in.Body.grant()
	if err != nil {
		return nil, err
	}
	made, err := h.people.Invite(ctx, reqctx.Actor(ctx), reqctx.Of(ctx).Language, in.Body.Email, grant)
	if err != nil {
		return nil, err
	}
	return wire.Body(createdInvitation{InvitationView: viewInvitation(made.Link), URL: made.Address, Mailed: made.Mailed}), nil
}

func (h *Handler) listInvitations(ctx context.Context, in *wire.Paging) (*wire.Listing[InvitationView], error) {
	links, next, err := h.store.Invitations(ctx, reqctx.Account(ctx), in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(links, next, viewInvitation), nil
}

func (h *Handler) revoke(ctx context.Context, in *struct {
	Invitation string `path:"invitation" doc:"The invitation's id." example:"lnk_01jdq00000000000000000000"`
}) (*wire.NoBody, error) {
	return nil, h.store.RevokeInvitation(ctx, reqctx.Actor(ctx), in.Invitation)
}

func (h *Handler) reset(ctx context.Context, in *OfUser) (*wire.Answer[resetView], error) {
	made, err := h.people.Reset(ctx, reqctx.Actor(ctx), reqctx.Of(ctx).Language, in.User)
	if err != nil {
		return nil, err
	}
	return wire.Body(resetView{URL: made.Address, EndsAt: made.EndsAt, Mailed: made.Mailed}), nil
}
