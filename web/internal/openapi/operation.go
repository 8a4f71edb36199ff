package openapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"ringback/web/internal/auth"
	"ringback/web/internal/problem"
	"ringback/web/internal/readable"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/session"
)

// settingsLimit is the size that a body may have unless its operation says otherwise, in bytes.
const settingsLimit = 256 << 10

// Operation describes one operation to its callers.
type Operation struct {
	ID          string // the operationId, which generated clients name their methods after
	Route       string // method and path: "GET /sites/{site}"
	Access      auth.Access
	AnySite     bool // the access may be to some site of the account alone; the handler checks which
	Summary     string
	Description string            // what the fields' own descriptions do not say
	Status      int               // of a success; zero means 200, or 204 without a body
	BodyLimit   int64             // in bytes; zero means settingsLimit
	File        string            // the type of a file that the handler reads by itself, such as text/csv; empty if there is none
	Large       bool              // it may read or change very much, so that few such requests are answered at once
	Failures    []int             // statuses beyond those that every operation may answer
	Examples    map[string]string // bodies that the operation takes as they are
}

func (o Operation) method() string { method, _, _ := strings.Cut(o.Route, " "); return method }
func (o Operation) path() string   { _, path, _ := strings.Cut(o.Route, " "); return path }

// Add adds an operation to a group.
func Add[I, O any](g Group, o Operation, handle func(context.Context, *I) (*O, error)) {
	a := g.api
	answering := func(ctx context.Context, in *I) (*O, error) {
		out, err := answer(ctx, a, o, in, handle)
		if err != nil {
			return nil, problem.Of(ctx, a.logger, err)
		}
		return out, nil
	}
	huma.Register(a.huma, a.operation(g, o), answering)
	addInside(a, a.operation(g, o), o, answering)
	a.documentBody(o)
	a.documentLanguage(o)
}

// operation returns the operation as huma takes it.
func (a *API) operation(g Group, o Operation) huma.Operation {
	operation := huma.Operation{
		OperationID:                  o.ID,
		Method:                       o.method(),
		Path:                         o.path(),
		DefaultStatus:                o.Status,
		MaxBodyBytes:                 settingsLimit + 1, // huma refuses a body that reaches the limit
		RejectUnknownQueryParameters: true,
		Tags:                         []string{g.Name},
		Summary:                      o.Summary,
		Description:                  strings.TrimSpace(o.Description + "\n\nNeeds a token of role **" + string(o.Access) + "** or higher."),
		Security:                     []map[string][]string{{"bearer": {}}, {"session": {}}},
		Errors:                       failures(o),
		Parameters:                   languageParameters(),
		Middlewares:                  huma.Middlewares{answerInLanguage, a.require(o)},
	}
	if o.File != "" {
		operation.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{o.File: {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
	}
	if o.BodyLimit > 0 {
		operation.MaxBodyBytes = o.BodyLimit + 1
	}
	return operation
}

// answer handles a request.
func answer[I, O any](ctx context.Context, a *API, o Operation, in *I, handle func(context.Context, *I) (*O, error)) (*O, error) {
	within, end, err := a.begin(ctx, o)
	if err != nil {
		return nil, err
	}
	defer end()
	return handle(within, in)
}

// begin returns the context to handle a request with, and a function that ends it. One
// that only reads waits for those of its account, and a large one for the other large ones
// (G6). A check reads no list, and is part of a request that may have its turn already.
func (a *API) begin(ctx context.Context, o Operation) (within context.Context, end func(), err error) {
	switch {
	case OnlyChecked(ctx):
		return ctx, func() {}, nil
	case o.Large:
		end, err = a.large.Begin(ctx, reqctx.Account(ctx))
		return ctx, end, err
	case o.method() == http.MethodGet:
		return a.viewers.Begin(ctx, reqctx.Account(ctx))
	default:
		return ctx, func() {}, nil
	}
}

// failures returns the statuses of errors that an operation documents.
func failures(o Operation) []int {
	all := append([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable}, o.Failures...)
	if strings.Contains(o.path(), "{") {
		all = append(all, http.StatusNotFound)
	}
	if method := o.method(); method != http.MethodGet && method != http.MethodDelete {
		all = append(all, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// documentBody removes the raw form of a body from the document, as operations that
// read the raw body take JSON too, and adds the examples. The body of an operation that
// takes a file stays as it is.
func (a *API) documentBody(o Operation) {
	body := a.documented(o).RequestBody
	if body == nil {
		return
	}
	delete(body.Content, "application/octet-stream")
	if content := body.Content["application/json"]; content != nil {
		content.Schema = readable.Documented(content.Schema)
		content.Examples = examples(o.Examples)
	}
}

// documented returns an operation as the document has it.
func (a *API) documented(o Operation) *huma.Operation {
	item := a.huma.OpenAPI().Paths[o.path()]
	return map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}[o.method()]
}

func examples(bodies map[string]string) map[string]*huma.Example {
	out := make(map[string]*huma.Example, len(bodies))
	for name, body := range bodies {
		out[name] = &huma.Example{Value: json.RawMessage(body)}
	}
	return out
}

// permit returns an error unless a principal may use the operation, at this site if the
// path names one.
func (o Operation) permit(p auth.Principal, siteID string) error {
	switch {
	case siteID != "":
		return p.RequireAt(siteID, o.Access)
	case o.AnySite:
		return p.RequireSomewhere(o.Access)
	default:
		return p.Require(o.Access)
	}
}

// require returns the middleware that authenticates a request and checks its
// access, before anything else of the request is read.
func (a *API) require(o Operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		principal, err := a.authenticate(humaecho.Unwrap(ctx).Request())
		if err == nil {
			reqctx.Of(ctx.Context()).Principal = principal
			err = o.permit(principal, ctx.Param("site"))
		}
		if err != nil {
			a.refuse(ctx, err)
			return
		}
		next(ctx)
	}
}

// authenticate returns the principal of a request: the bearer of its token, or else the
// person who signed in with the browser that sent it.
func (a *API) authenticate(r *http.Request) (auth.Principal, error) {
	ctx := r.Context()
	credentials := auth.Credentials{
		Token: auth.BearerToken(r.Header.Get("Authorization")), Account: r.Header.Get(auth.AccountHeader), Networks: reqctx.Of(ctx).Networks,
	}
	if r.Header.Get("Authorization") == "" {
		name, err := a.sessions.NameOf(r)
		if err != nil {
			return auth.Principal{}, err
		}
		credentials.Session = name
	}
	if credentials.Session != "" {
		if err := session.CheckOrigin(r); err != nil {
			return auth.Principal{}, err
		}
	}
	return a.authenticator.Authenticate(ctx, credentials)
}

// refuse writes a problem from a middleware, for which huma has no way of its own.
func (a *API) refuse(ctx huma.Context, err error) {
	p := problem.Of(ctx.Context(), a.logger, err)
	for name, values := range p.GetHeaders() {
		for _, value := range values {
			ctx.AppendHeader(name, value)
		}
	}
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	_ = a.huma.Marshal(ctx.BodyWriter(), "application/json", p) // the client may be gone
}
