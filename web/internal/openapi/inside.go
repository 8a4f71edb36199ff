package openapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
)

// Read answers an operation that only reads to another handler of this service, in the
// name of the principal of the request that the context belongs to. The address is the
// operation's path with its query. The answer is decoded into the value. An error is the
// problem that the operation answers.
func (a *API) Read(ctx context.Context, address string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("asking an operation: %w", err)
	}
	answer := answerWriter{header: http.Header{}, status: http.StatusOK}
	a.inside.ServeHTTP(&answer, r)
	if answer.status >= http.StatusBadRequest {
		p := &problem.Problem{}
		if err := json.Unmarshal(answer.body.Bytes(), p); err != nil {
			return fmt.Errorf("reading the problem of an operation: %w", err)
		}
		return p
	}
	if err := json.Unmarshal(answer.body.Bytes(), into); err != nil {
		return fmt.Errorf("reading the answer of an operation: %w", err)
	}
	return nil
}

type checking struct{}

// Check returns what is wrong with the parameters of a list, as a *problem.Problem, and nil if
// nothing is. The list itself is not read: its handler asks OnlyChecked.
func (a *API) Check(ctx context.Context, address string) error {
	return a.Read(context.WithValue(ctx, checking{}, true), address, &struct{}{})
}

// OnlyChecked reports whether Check calls an operation. The operation then checks its
// parameters, and answers without items.
func OnlyChecked(ctx context.Context) bool { return ctx.Value(checking{}) != nil }

// addInside registers an operation that only reads for the other handlers.
func addInside[I, O any](a *API, o huma.Operation, described Operation, handle func(context.Context, *I) (*O, error)) {
	if o.Method != http.MethodGet {
		return
	}
	o.Hidden, o.Middlewares = true, huma.Middlewares{a.permit(described)}
	huma.Register(a.readers, o, handle)
}

// permit returns the middleware that checks the access of a principal who is known already.
func (a *API) permit(o Operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if err := o.permit(reqctx.Of(ctx.Context()).Principal, ctx.Param("site")); err != nil {
			a.refuse(ctx, err)
			return
		}
		next(ctx)
	}
}

// answerWriter keeps an answer.
type answerWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *answerWriter) Header() http.Header         { return w.header }
func (w *answerWriter) WriteHeader(status int)      { w.status = status }
func (w *answerWriter) Write(b []byte) (int, error) { return w.body.Write(b) }
