package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/fault"
	"ringback/web/internal/auth"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
)

// The limits of request bodies, in bytes.
const (
	settingsLimit = 256 << 10
	eventLimit    = 64 << 10
	leadLimit     = 256 << 10
)

// op is one operation of the API as its callers see it.
type op struct {
	on       string // method and path: "GET /sites/{site}"
	needs    auth.Access
	group    string // heading in the documentation
	summary  string
	text     string // what an integrator must know beyond the fields' own descriptions
	answers  int    // status of success; 0: 200, or 204 without a body
	bodyMax  int64  // bytes; 0: settingsLimit
	failures []int  // statuses beyond those that any operation may answer
}

// add registers an operation: who may call it, and what its errors look like.
func add[I, O any](s *server, o op, handle func(context.Context, *I) (*O, error)) {
	method, path, _ := strings.Cut(o.on, " ")
	operation := huma.Operation{
		OperationID:                  operationID(o.summary),
		Method:                       method,
		Path:                         path,
		DefaultStatus:                o.answers,
		MaxBodyBytes:                 settingsLimit + 1, // huma refuses what reaches the limit
		RejectUnknownQueryParameters: true,
		Tags:                         []string{o.group},
		Summary:                      o.summary,
		Description:                  strings.TrimSpace(o.text + "\n\nNeeds a token of role **" + string(o.needs) + "** or higher."),
		Security:                     []map[string][]string{{"bearer": {}}},
		Errors:                       failures(o, path),
		Middlewares:                  huma.Middlewares{s.require(o.needs)},
	}
	if o.bodyMax > 0 {
		operation.MaxBodyBytes = o.bodyMax + 1
	}
	huma.Register(s.api, operation, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, problem.Of(ctx, s.logger, err)
		}
		return out, nil
	})
	s.documentBody(o.on)
}

// failures are the statuses that an operation documents.
func failures(o op, path string) []int {
	all := append([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable}, o.failures...)
	if strings.Contains(path, "{") {
		all = append(all, http.StatusNotFound)
	}
	if !strings.HasPrefix(o.on, http.MethodGet) && !strings.HasPrefix(o.on, http.MethodDelete) {
		all = append(all, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// operationID makes "list-the-sites" of "List the sites".
func operationID(summary string) string {
	return strings.ReplaceAll(strings.ToLower(summary), " ", "-")
}

// documentBody takes the raw form of a body out of the document, as operations
// that keep the body as it came still want JSON, and shows bodies that work.
func (s *server) documentBody(on string) {
	method, path, _ := strings.Cut(on, " ")
	item := s.api.OpenAPI().Paths[path]
	for m, o := range map[string]*huma.Operation{http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch} {
		if m == method && o.RequestBody != nil {
			delete(o.RequestBody.Content, "application/octet-stream")
			o.RequestBody.Content["application/json"].Examples = examplesOf(on)
		}
	}
}

// require lets through who may do this, before anything of the request is looked at.
func (s *server) require(needs auth.Access) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		who, err := s.authenticator.Authenticate(ctx.Context(), auth.BearerToken(ctx.Header("Authorization")), ctx.Header(auth.AccountHeader))
		if err == nil {
			reqctx.Of(ctx.Context()).Principal = who
			if !who.Allows(needs) {
				err = fault.New(fault.Forbidden, "this needs a token of role %s or higher", needs)
			}
		}
		if err != nil {
			s.refuse(ctx, err)
			return
		}
		next(ctx)
	}
}

// refuse writes a problem from a middleware, where huma has no way of its own.
func (s *server) refuse(ctx huma.Context, err error) {
	p := problem.Of(ctx.Context(), s.logger, err)
	for name, values := range p.GetHeaders() {
		for _, value := range values {
			ctx.AppendHeader(name, value)
		}
	}
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	_ = s.api.Marshal(ctx.BodyWriter(), "application/json", p) // the client may be gone
}
