// Package views has the operations of the API about the filters of lists that people keep
// under a name. It must not know which filters there are.
package views

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/savedviews"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// orderViews is the place of the group in the document, after that of the own user.
const orderViews = 92

// Store is what the operations need of the database. Views are scoped by user, and those that
// are stored by account too (G9).
type Store interface {
	SavedViews(ctx context.Context, userID, siteID string, page models.Page) ([]savedviews.View, string, error)
	SaveView(ctx context.Context, accountID string, view *savedviews.View) error
	DeleteView(ctx context.Context, userID, siteID, id string) error
}

// Lists are the lists that views filter.
type Lists interface {
	// Check returns what is wrong with the parameters of a list, as a *problem.Problem, and
	// nil if nothing is. The address is a path of the API with its query.
	Check(ctx context.Context, address string) error
}

// paths are the lists that views filter, as parts of the path of a site.
var paths = map[string]string{"calls": "conversions", "deliveries": "deliveries"}

// leftOut are the parameters of a page that are not stored: those that name a person, and
// those of the place in the list.
var leftOut = []string{"search", "person", "cursor", "limit"}

// Handler answers the operations.
type Handler struct {
	store Store
	sites *sites.Directory
	lists Lists
}

// New returns a Handler.
func New(store Store, directory *sites.Directory, lists Lists) *Handler {
	return &Handler{store, directory, lists}
}

// Mount adds the operations.
func (h *Handler) Mount(a *openapi.API) {
	g := a.Group(openapi.Group{
		Name: "Saved views", Order: orderViews,
		Description: "The filters of lists that a person keeps under a name. These operations do not exist for a token.",
	})
	openapi.Add(g, openapi.Operation{
		ID: "list-views", Route: "GET /sites/{site}/views", Access: auth.Viewer, Summary: "List the own views",
		Description: "Every filter is checked again. If the list cannot read one any more, the view has what is wrong in unreadable.",
	}, h.list)
	openapi.Add(g, openapi.Operation{
		ID: "save-view", Route: "POST /sites/{site}/views", Access: auth.Viewer, Summary: "Save a view", Status: http.StatusCreated, Failures: []int{http.StatusConflict},
		Description: "A view of the same list with the same name is replaced. A person keeps at most 50 views at a site. The query must be one that the list can read. The parameters search and person, which name somebody, are left out.",
		Examples:    map[string]string{"leads": `{"list": "calls", "name": "Leads with the tag chat", "query": "kind=lead&tag=chat"}`},
	}, h.save)
	openapi.Add(g, openapi.Operation{ID: "delete-view", Route: "DELETE /sites/{site}/views/{view}", Access: auth.Viewer, Summary: "Delete a view"}, h.remove)
}

// ViewBody is a view as a person makes it.
type ViewBody struct {
	List  string `json:"list" enum:"calls,deliveries" doc:"The list that the view filters." example:"calls"`
	Name  string `json:"name" maxLength:"60" doc:"The name to choose it by." example:"Leads with the tag chat"`
	Query string `json:"query" maxLength:"2000" doc:"The filter, as the query of the list's address." example:"kind=lead&tag=chat"`
}

// SavedView is a view as it is shown.
type SavedView struct {
	ID        string    `json:"id" example:"vew_01jdq00000000000000000000"`
	CreatedAt time.Time `json:"created_at"`
	ViewBody
	Unreadable string `json:"unreadable,omitempty" doc:"What is wrong with the filter, in the language of the request. Missing if the list can read it." example:"from: a time in RFC 3339"`
}

func show(m savedviews.View) SavedView {
	return SavedView{ID: m.ID, CreatedAt: m.CreatedAt, ViewBody: ViewBody{List: m.List, Name: m.Name, Query: m.Query}}
}

// begin returns the user of a request about a site of the account; fault.NotFound if it was
// sent with a token.
func (h *Handler) begin(ctx context.Context, siteID string) (string, error) {
	principal, err := reqctx.User(ctx)
	if err != nil {
		return "", err
	}
	_, err = h.sites.Site(ctx, siteID)
	return principal.TokenID, err
}

func (h *Handler) list(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
}) (*wire.Listing[SavedView], error) {
	user, err := h.begin(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	views, next, err := h.store.SavedViews(ctx, user, in.Site, in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(views, next, func(m savedviews.View) SavedView {
		view := show(m)
		for _, wrong := range h.wrong(ctx, m) {
			view.Unreadable = wrong.Field + ": " + wrong.Expected
			break
		}
		return view
	}), nil
}

// wrong returns what the list of a view cannot read of its filter.
func (h *Handler) wrong(ctx context.Context, view savedviews.View) []problem.ProblemField {
	query, err := url.ParseQuery(view.Query)
	if err != nil {
		return []problem.ProblemField{{Field: "query", Expected: reqctx.Writer(ctx).Expected(fault.Expect("query"))}}
	}
	query.Del(wire.ColumnsParameter)
	var refused *problem.Problem
	err = h.lists.Check(ctx, "/sites/"+url.PathEscape(view.SiteID)+"/"+paths[view.List]+"?"+query.Encode())
	if !errors.As(err, &refused) || refused.Code != fault.Invalid {
		return nil // it may be read later
	}
	return refused.Errors
}

func (h *Handler) save(ctx context.Context, in *struct {
	sites.InSite
	Body ViewBody
}) (*wire.Answer[SavedView], error) {
	user, err := h.begin(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	view := savedviews.View{SiteID: in.Site, UserID: user, List: in.Body.List, Name: strings.TrimSpace(in.Body.Name)}
	if view.Name == "" {
		return nil, fault.InvalidFields(fault.Field{Path: "name", Expected: fault.Expect("name_not_blank")})
	}
	query, err := url.ParseQuery(in.Body.Query)
	if err != nil {
		return nil, fault.InvalidFields(fault.Field{Path: "query", Expected: fault.Expect("query")})
	}
	for _, name := range leftOut {
		query.Del(name)
	}
	view.Query = query.Encode()
	var wrong []fault.Field
	for _, f := range h.wrong(ctx, view) {
		wrong = append(wrong, fault.Field{Path: "query." + f.Field, Expected: fault.Expectation{Code: f.Code, Count: f.Count, Values: f.Values}})
	}
	if len(wrong) > 0 {
		return nil, fault.InvalidFields(wrong...)
	}
	if err := h.store.SaveView(ctx, reqctx.Account(ctx), &view); err != nil {
		return nil, err
	}
	return wire.Body(show(view)), nil
}

func (h *Handler) remove(ctx context.Context, in *struct {
	sites.InSite
	View string `path:"view" doc:"The view's id." example:"vew_01jdq00000000000000000000"`
}) (*wire.NoBody, error) {
	user, err := h.begin(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	return nil, h.store.DeleteView(ctx, user, in.Site, in.View)
}
