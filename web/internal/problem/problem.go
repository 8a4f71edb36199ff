// Package problem answers errors as problem+json (RFC 9457). It has the one table
// from a fault's code to an HTTP status, and never repeats a value that was
// sent, as it may be secret. It must not know what the request was for.
package problem

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"

	"ringback/internal/fault"
	"ringback/web/internal/reqctx"
)

// statuses is the one table from a fault's code to its HTTP status.
var statuses = map[fault.Code]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.RateLimited:     http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

// Problem is the body of every response that is not a success.
type Problem struct {
	Type   string     `json:"type" doc:"Always about:blank. Use code to tell problems apart." example:"about:blank"`
	Title  string     `json:"title" doc:"The name of the HTTP status." example:"Unprocessable Entity"`
	Status int        `json:"status" doc:"The HTTP status." example:"422"`
	Code   fault.Code `json:"code" doc:"The kind of problem, for programs." example:"invalid"`
	Detail string     `json:"detail" doc:"What is wrong, for people, in the language of the request." example:"the request has fields that cannot be used"`

	Reason string            `json:"reason" doc:"What is wrong, for programs." example:"fields_unusable"`
	Count  int64             `json:"count,omitempty" doc:"The number that the reason is about, such as a limit."`
	Values map[string]string `json:"values,omitempty" doc:"The values that belong to the reason."`

	Errors    []ProblemField `json:"errors,omitempty" doc:"The fields with an invalid value."`
	RequestID string         `json:"request_id,omitempty" doc:"The id of this request in the log of the service. The header X-Request-Id has it too." example:"req_01jdq0000000000000000000"`

	retryAfter string
}

// ProblemField is one invalid field. The value itself is never repeated: it may be a secret.
type ProblemField struct {
	Field    string            `json:"field" doc:"The field of the body, or the parameter." example:"calls.metrics[1]"`
	Expected string            `json:"expected" doc:"What was expected of it, for people, in the language of the request." example:"one of: all, unique"`
	Code     string            `json:"code,omitempty" doc:"What was expected of it, for programs." example:"one_of"`
	Count    int64             `json:"count,omitempty" doc:"The number that the code is about, such as a limit."`
	Values   map[string]string `json:"values,omitempty" doc:"The values that belong to the code."`
}

// Error returns the detail. It makes Problem an error that huma writes as it is.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status to huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of RFC 9457 to huma.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns the headers that go with the problem to huma.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="ringback"`)
	}
	return h
}

// Of returns the problem that answers an error. An error that is no fault is
// logged, and its text is not in the answer.
func Of(ctx context.Context, logger *slog.Logger, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		f = fault.New(fault.Internal, "internal").By(err)
	}
	if statuses[f.Code] >= http.StatusInternalServerError {
		logger.ErrorContext(ctx, "request failed", "request_id", reqctx.Of(ctx).ID, "code", f.Code, "error", err)
	}
	return OfFault(ctx, f)
}

// OfFault returns the problem that answers a fault.
func OfFault(ctx context.Context, f *fault.Error) *Problem {
	p := New(ctx, statuses[f.Code], f.Code, f.Reason)
	p.setFields(ctx, f.Fields)
	if f.RetryAfter > 0 {
		p.retryAfter = strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds())))
	} else if f.Code == fault.Unavailable {
		p.retryAfter = "5"
	}
	return p
}

// WithStatus returns the problem with another status and code.
func (p *Problem) WithStatus(status int, code fault.Code) *Problem {
	changed := *p
	changed.Title, changed.Status, changed.Code = http.StatusText(status), status, code
	return &changed
}

// FieldsOf returns fields as an answer has them, in the language of the request: at most
// maxFields.
func FieldsOf(ctx context.Context, fields []fault.Field) []ProblemField {
	var out []ProblemField
	w := reqctx.Writer(ctx)
	for _, f := range fields[:min(len(fields), maxFields)] {
		out = append(out, ProblemField{
			Field: f.Path, Code: f.Expected.Code, Count: f.Expected.Count, Values: f.Expected.Values, Expected: w.Expected(f.Expected),
		})
	}
	return out
}

// New returns a problem. Its detail is in the language of the request.
func New(ctx context.Context, status int, code fault.Code, reason fault.Reason) *Problem {
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, RequestID: reqctx.Of(ctx).ID,
		Detail: reqctx.Writer(ctx).Request(reason), Reason: reason.Code, Count: reason.Count, Values: reason.Values,
	}
}

// maxFields is how many wrong fields an answer names. A body can have thousands, and the
// answer would be larger than the body.
const maxFields = 50

// setFields names the wrong fields, and how many there are if not all of them are named.
func (p *Problem) setFields(ctx context.Context, fields []fault.Field) {
	p.Errors = FieldsOf(ctx, fields)
	if all := len(fields); all > maxFields {
		p.Detail = reqctx.Writer(ctx).RequestFields(maxFields, all)
	}
}

// CodeOf returns the code for an HTTP status: the table of statuses read backwards,
// for the errors of the router and of huma, which start as a status.
func CodeOf(status int) fault.Code {
	for code, s := range statuses {
		if s == status {
			return code
		}
	}
	switch {
	case status >= http.StatusInternalServerError:
		return fault.Internal
	case status == http.StatusMethodNotAllowed:
		return fault.NotFound
	default:
		return fault.Invalid
	}
}

// Short cuts the name of a field that the caller chose.
func Short(name string) string {
	const limit = 120
	if len(name) <= limit {
		return name
	}
	return strings.ToValidUTF8(name[:limit], "") + "..."
}
