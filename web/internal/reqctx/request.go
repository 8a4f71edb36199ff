// Package reqctx carries in the context of a request what is known of it beyond
// its content: its id, its principal and its trace. It must not know what the
// request is for.
package reqctx

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/jonboulle/clockwork"
	"github.com/labstack/echo/v4"

	"ringback/conversion"
	"ringback/explanation"
	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/internal/locale"
	"ringback/models/audit"
	"ringback/web/internal/auth"
	"ringback/web/internal/ratelimit"
)

// idHeader returns the request's id to the caller, who may quote it when asking for help.
const idHeader = "X-Request-Id"

// LanguageParameter is the parameter of a URL that chooses the language of an answer.
// The header Accept-Language chooses it if the parameter is not set.
const (
	LanguageParameter = "language"
	acceptLanguage    = "Accept-Language"
)

// Request is what is known of one request. The principal is empty until the
// request is authenticated.
type Request struct {
	ID        string
	Principal auth.Principal
	Language  locale.Language // that sentences are answered in
	Address   netip.Addr      // of the sender; invalid if it is not known. It is stored of people who sign in, and of nobody else.
	Networks  []string        // that limits count the address by
}

type contextKey struct{}

// Of returns the request of a context, an empty one if the context has none.
func Of(ctx context.Context) *Request {
	if r, ok := ctx.Value(contextKey{}).(*Request); ok {
		return r
	}
	return &Request{Language: locale.English}
}

// Account returns the account that a request acts for.
func Account(ctx context.Context) string { return Of(ctx).Principal.AccountID }

// Actor returns the principal of a request as the audit trail names it.
func Actor(ctx context.Context) audit.Actor {
	r := Of(ctx)
	return audit.Actor{AccountID: r.Principal.AccountID, TokenID: r.Principal.TokenID, Name: r.Principal.Name, RequestID: r.ID}
}

// Reporter returns the principal of a request as the reporter of events.
func Reporter(ctx context.Context) conversion.Reporter {
	p := Of(ctx).Principal
	switch {
	case p.IsOperator:
		return conversion.Reporter{Kind: conversion.ByOperator}
	case p.IsUser():
		return conversion.Reporter{Kind: conversion.ByUser, ID: p.TokenID, Name: p.Name}
	default:
		return conversion.Reporter{Kind: conversion.ByToken, ID: p.TokenID, Name: p.TokenName}
	}
}

// User returns the principal of a request that a user sent; fault.NotFound if it was sent with
// a token.
func User(ctx context.Context) (auth.Principal, error) {
	principal := Of(ctx).Principal
	if !principal.IsUser() {
		return principal, fault.New(fault.NotFound, "not_a_user")
	}
	return principal, nil
}

// Require returns an error unless the principal of a request has the access at the site
// that a thing belongs to. If it has no role at the site, the thing does not exist for it:
// the error is the one that is given.
func Require(ctx context.Context, siteID string, access auth.Access, notFound *fault.Error) error {
	err := Of(ctx).Principal.RequireAt(siteID, access)
	if fault.CodeOf(err) == fault.NotFound {
		return notFound
	}
	return err
}

// Writer returns the writer of explanations in the language of the request.
func Writer(ctx context.Context) explanation.Writer { return explanation.In(Of(ctx).Language) }

// Identify is the middleware that assigns an id to every request and finds the address of
// its sender. It also chooses the language, by LanguageParameter or else by the header
// Accept-Language.
func Identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := &Request{
			ID:       ids.New(ids.Request),
			Language: locale.Choose(c.QueryParam(LanguageParameter), strings.Join(c.Request().Header.Values(acceptLanguage), ",")),
		}
		r.Address, _ = netip.ParseAddr(c.RealIP()) // the zero address if it cannot be read
		r.Address = r.Address.Unmap().WithZone("")
		r.Networks = ratelimit.Networks(r.Address)
		c.Response().Header().Set(idHeader, r.ID)
		c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), contextKey{}, r)))
		return next(c)
	}
}

// SetLanguage sets the headers of an answer whose sentences are in the language of the
// request. It may be called twice.
func SetLanguage(ctx context.Context, header http.Header) {
	header.Set("Content-Language", string(Of(ctx).Language))
	if !slices.Contains(header.Values(echo.HeaderVary), acceptLanguage) {
		header.Add(echo.HeaderVary, acceptLanguage)
	}
}

// LogAccess returns the middleware that logs one line per request. The line names
// the route, not the URL: URLs hold webhook keys and, in development, tokens.
func LogAccess(logger *slog.Logger, clock clockwork.Clock) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			started := clock.Now()
			if err := next(c); err != nil {
				c.Error(err)
			}
			ctx, r := c.Request().Context(), Of(c.Request().Context())
			logger.InfoContext(ctx, "request",
				"request_id", r.ID, "method", c.Request().Method, "route", c.Path(),
				"status", c.Response().Status, "bytes", c.Response().Size,
				"duration_ms", clock.Since(started).Milliseconds(), "account", r.Principal.AccountID, "token", r.Principal.TokenID)
			return nil
		}
	}
}
