package users

import (
	"context"
	"strings"
	"time"

	"ringback/internal/fault"
	"ringback/models/accounts"
	"ringback/models/users"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/people"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

func (h *Handler) selfRoutes(a *openapi.API) {
	g := a.Group(openapi.Group{
		Name: "Own user", Order: orderSelf,
		Description: "For a person who is signed in. These operations do not exist for a token.",
	})
	add(g, openapi.Operation{ID: "read-self", Route: "GET /me", Access: auth.Viewer, AnySite: true, Summary: "Read the own user"}, h.readSelf)
	add(g, openapi.Operation{ID: "change-self", Route: "PATCH /me", Access: auth.Viewer, AnySite: true, Summary: "Change the own user",
		Description: "Fields that are left out keep their values. The pages show the user the language, the theme and the times that are chosen here, in every browser.",
		Examples:    map[string]string{"times in UTC": `{"time_zone": "UTC"}`}}, h.changeSelf)
	add(g, openapi.Operation{
		ID: "change-password", Route: "POST /me/password", Access: auth.Viewer, AnySite: true, Summary: "Change the own password",
		Description: "Ends all other sessions of the user.",
	}, h.changePassword)
	add(g, openapi.Operation{
		ID: "choose-account", Route: "PUT /me/account", Access: auth.Viewer, AnySite: true, Summary: "Choose the account to act in",
		Description: "For a person who belongs to several accounts. It holds for this session.",
	}, h.chooseAccount)
	add(g, openapi.Operation{ID: "list-own-sessions", Route: "GET /me/sessions", Access: auth.Viewer, AnySite: true, Summary: "List the own sessions"}, h.sessions)
	add(g, openapi.Operation{ID: "end-own-session", Route: "DELETE /me/sessions/{session}", Access: auth.Viewer, AnySite: true, Summary: "End a session"}, h.endSession)
	add(g, openapi.Operation{
		ID: "end-own-sessions", Route: "DELETE /me/sessions", Access: auth.Viewer, AnySite: true, Summary: "End all other sessions",
		Description: "Signs the user out everywhere but in this browser.",
	}, h.endSessions)
}

type accountOfSelf struct {
	ID   string        `json:"id" example:"acc_01jdq00000000000000000000"`
	Name string        `json:"name" example:"Example Shops"`
	Role accounts.Role `json:"role,omitempty" doc:"In the whole account. Missing if the user sees single sites alone." example:"editor"`
}

type selfView struct {
	ID    string `json:"id" example:"usr_01jdq00000000000000000000"`
	Email string `json:"email" example:"person@example.com"`
	Name  string `json:"name" example:"Sample Person"`
	PreferencesView
	AccountID string          `json:"account_id" doc:"The account that the user acts in." example:"acc_01jdq00000000000000000000"`
	Accounts  []accountOfSelf `json:"accounts" doc:"All accounts that the user belongs to."`
}

// PreferencesView is how a user reads the pages.
type PreferencesView struct {
	Language string `json:"language" doc:"The language of the pages. Empty for that of the browser." example:"en"`
	Theme    string `json:"theme" doc:"Empty if the user has not chosen." example:"dark"`
	TimeZone string `json:"time_zone" doc:"The time zone that the pages show times in. Empty for that of the site." example:"Europe/Berlin"`
}

func (h *Handler) readSelf(ctx context.Context, _ *struct{}) (*wire.Answer[selfView], error) {
	principal, err := reqctx.User(ctx)
	if err != nil {
		return nil, err
	}
	user, err := h.store.User(ctx, principal.TokenID)
	if err != nil {
		return nil, err
	}
	all, err := h.accountsOf(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	return wire.Body(selfView{ID: user.ID, Email: user.Email, Name: user.Name, PreferencesView: PreferencesView(user.Preferences), AccountID: principal.AccountID, Accounts: all}), nil
}

// accountsOf returns the accounts that a user belongs to.
func (h *Handler) accountsOf(ctx context.Context, userID string) ([]accountOfSelf, error) {
	all, err := h.store.AccountsOf(ctx, userID)
	if err != nil {
		return nil, err
	}
	views := make([]accountOfSelf, 0, len(all))
	for _, m := range all {
		account, err := h.store.Account(ctx, m.AccountID)
		if err != nil {
			return nil, err
		}
		views = append(views, accountOfSelf{ID: account.ID, Name: account.Name, Role: m.Role})
	}
	return views, nil
}

// selfChanges are the fields of the own user that can be changed.
type selfChanges struct {
	Name     *string `json:"name,omitempty" maxLength:"200" doc:"The name that others see." example:"Sample Person"`
	Language *string `json:"language,omitempty" enum:"en,ru,pt-BR," doc:"The language of the pages. Empty for that of the browser." example:"en"`
	Theme    *string `json:"theme,omitempty" enum:"light,dark,system," doc:"The theme of the pages." example:"dark"`
	TimeZone *string `json:"time_zone,omitempty" maxLength:"64" doc:"The time zone that the pages show times in. Empty for that of the site." example:"Europe/Berlin"`
}

func (h *Handler) changeSelf(ctx context.Context, in *struct{ Body selfChanges }) (*wire.Answer[selfView], error) {
	principal, err := reqctx.User(ctx)
	if err != nil {
		return nil, err
	}
	user, err := h.store.User(ctx, principal.TokenID)
	if err != nil {
		return nil, err
	}
	prefers := user.Preferences
	wire.Set(&user.Name, in.Body.Name)
	wire.Set(&prefers.Language, in.Body.Language)
	wire.Set(&prefers.Theme, in.Body.Theme)
	wire.Set(&prefers.TimeZone, in.Body.TimeZone)
	if user.Name = strings.TrimSpace(user.Name); user.Name == "" {
		return nil, fault.InvalidFields(fault.Field{Path: "name", Expected: fault.Expect("name_not_blank")})
	}
	if !prefers.ZoneExists() {
		return nil, fault.InvalidFields(fault.Field{Path: "time_zone", Expected: fault.Expect("time_zone")})
	}
	defer h.auth.ForgetUsers()
	if in.Body.Name != nil {
		if err := h.store.RenameUser(ctx, reqctx.Actor(ctx), user.ID, user.Name); err != nil {
			return nil, err
		}
	}
	if prefers != user.Preferences {
		if err := h.store.Prefer(ctx, user.ID, prefers); err != nil {
			return nil, err
		}
	}
	return h.readSelf(ctx, nil)
}

func (h *Handler) changePassword(ctx context.Context, in *struct {
	Body struct {
		Current string `json:"current_password" maxLength:"512" doc:"The password of now."`
		New     string `json:"new_password" maxLength:"512" doc:"At least 10 characters, at most 128 bytes."`
	}
}) (*wire.NoBody, error) {
	principal, err := reqctx.User(ctx)
	if err != nil {
		return nil, err
	}
	client := people.Client{Networks: reqctx.Of(ctx).Networks, RequestID: reqctx.Of(ctx).ID}
	return nil, h.people.ChangePassword(ctx, reqctx.Actor(ctx), client, principal.Session, in.Body.Current, in.Body.New)
}

func (h *Handler) chooseAccount(ctx context.Context, in *struct {
	Body struct {
		AccountID string `json:"account_id" maxLength:"64" doc:"One of the user's accounts." example:"acc_01jdq00000000000000000000"`
	}
}) (*wire.NoBody, error) {
	principal, err := reqctx.User(ctx)
	if err != nil {
		return nil, err
	}
	defer h.auth.ForgetUsers()
	return nil, h.store.ActIn(ctx, reqctx.Actor(ctx), principal.Session, in.Body.AccountID)
}

// signInView is a session as its user sees it.
type signInView struct {
	ID        string    `json:"id" example:"sgn_01jdq00000000000000000000"`
	Browser   string    `json:"browser,omitempty" doc:"The browser and its system. Missing if not known." example:"Firefox, Linux"`
	Address   string    `json:"address,omitempty" doc:"The IP address that the user signed in from. Missing if not known." example:"192.0.2.1"`
	CreatedAt time.Time `json:"created_at" doc:"When the user signed in."`
	SeenAt    time.Time `json:"seen_at" doc:"When the session was last used, exact to some minutes."`
	EndsAt    time.Time `json:"ends_at" doc:"When it ends at the latest."`
	Current   bool      `json:"current" doc:"True for the session of this request."`
}

func (h *Handler) sessions(ctx context.Context, in *wire.Paging) (*wire.Listing[signInView], error) {
	principal, err := reqctx.User(ctx)
	if err != nil {
		return nil, err
	}
	sessions, next, err := h.store.SessionsOf(ctx, principal.TokenID, in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(sessions, next, func(m users.Session) signInView {
		return signInView{
			ID: m.ID, Browser: people.BrowserOf(m.UserAgent), Address: m.Address,
			CreatedAt: m.CreatedAt, SeenAt: m.SeenAt, EndsAt: m.EndsAt, Current: m.ID == principal.Session,
		}
	}), nil
}

func (h *Handler) endSession(ctx context.Context, in *struct {
	Session string `path:"session" doc:"The session's id." example:"sgn_01jdq00000000000000000000"`
}) (*wire.NoBody, error) {
	principal, err := reqctx.User(ctx)
	if err != nil {
		return nil, err
	}
	defer h.auth.ForgetUsers()
	return nil, h.store.EndSession(ctx, reqctx.Actor(ctx), principal.TokenID, in.Session)
}

func (h *Handler) endSessions(ctx context.Context, _ *struct{}) (*wire.NoBody, error) {
	principal, err := reqctx.User(ctx)
	if err != nil {
		return nil, err
	}
	defer h.auth.ForgetUsers()
	return nil, h.store.EndSessions(ctx, reqctx.Actor(ctx), principal.TokenID, principal.Session)
}
