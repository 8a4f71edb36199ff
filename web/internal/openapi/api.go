package openapi

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/labstack/echo/v4"

	"ringback/web/internal/auth"
	"ringback/web/internal/turns"
	"ringback/web/internal/viewing"
)

// Root is the path that all operations are below.
const Root = "/api/v1"

// Authenticator returns the principal of a token, who acts for the account if one
// is named.
type Authenticator interface {
	Authenticate(ctx context.Context, credentials auth.Credentials) (auth.Principal, error)
}

// Sessions returns the name of the principal who signed in with the browser that sent a
// request, empty if nobody has.
type Sessions interface {
	NameOf(r *http.Request) (string, error)
}

// Access is how principals are found, and how their requests take turns.
type Access struct {
	Authenticator Authenticator
	Sessions      Sessions
	Viewers       *viewing.Guard
	Large         *turns.Turns // of operations that are large, by the account
}

// API takes the operations of all handlers into one document.
type API struct {
	huma          huma.API
	authenticator Authenticator
	sessions      Sessions
	viewers       *viewing.Guard
	large         *turns.Turns
	logger        *slog.Logger
	groups        []Group

	readers huma.API     // the operations that only read, for the other handlers of this service
	inside  http.Handler // what answers them
}

// New returns an API without operations. The version is the service's.
func New(e *echo.Echo, version string, access Access, logger *slog.Logger) *API {
	inside := http.NewServeMux()
	return &API{
		readers: humago.New(inside, config(version)), inside: inside,
		huma:          humaecho.NewWithGroup(e, e.Group(Root), config(version)),
		authenticator: access.Authenticator, sessions: access.Sessions, viewers: access.Viewers, large: access.Large, logger: logger,
	}
}

// Group is a chapter of the document.
type Group struct {
	Name        string
	Description string
	Order       int // groups with lower numbers come first

	api *API
}

// Group adds a chapter to the document, to which Add adds operations.
func (a *API) Group(g Group) Group {
	g.api = a
	a.groups = append(a.groups, g)
	slices.SortStableFunc(a.groups, func(x, y Group) int { return x.Order - y.Order })
	tags := make([]*huma.Tag, 0, len(a.groups))
	for _, group := range a.groups {
		tags = append(tags, &huma.Tag{Name: group.Name, Description: group.Description})
	}
	a.huma.OpenAPI().Tags = tags
	return g
}
