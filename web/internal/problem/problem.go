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

	"ringback/explanation"
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
	Type      string         `json:"type" doc:"Always about:blank. Use code to tell problems apart." example:"about:blank"`
	Title     string         `json:"title" doc:"The name of the HTTP status." example:"Unprocessable Entity"`
	Status    int            `json:"status" doc:"The HTTP status." example:"422"`
	Code      fault.Code     `json:"code" doc:"The kind of problem, for programs." example:"invalid"`
	Detail    string         `json:"detail" doc:"What is wrong, for people." example:"the request has fields that cannot be used"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"The fields with an invalid value."`
	RequestID string         `json:"request_id,omitempty" doc:"The id of this request in the log of the service. The header X-Request-Id has it too." example:"req_01jdq0000000000000000000"`

	retryAfter string
}

// ProblemField is one invalid field. The value itself is never repeated: it may be a secret.
type ProblemField struct {
	Field    string            `json:"field" doc:"The field of the body, or the parameter." example:"calls.metrics[1]"`
	Expected string            `json:"expected" doc:"What was expected of it, for people." example:"one of: all, unique"`
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
		f = &fault.Error{Code: fault.Internal, Err: err}
	}
	status := statuses[f.Code]
	if status >= http.StatusInternalServerError {
		logger.ErrorContext(ctx, "request failed", "request_id", reqctx.Of(ctx).ID, "code", f.Code, "error", err)
	}
	p = New(reqctx.Of(ctx).ID, status, f.Code, f.Message)
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, fieldOf(reqctx.Writer(ctx), field))
	}
	p.limitFields(reqctx.Writer(ctx))
	if f.Code == fault.Invalid && len(f.Fields) > 0 && len(f.Fields) <= maxFields {
		p.Detail = reqctx.Writer(ctx).RequestProblem("fields_unusable")
	}
	if f.RetryAfter > 0 {
		p.retryAfter = strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds())))
	} else if f.Code == fault.Unavailable {
		p.retryAfter = "5"
	}
	if f.Code == fault.Internal {
		p.Detail = reqctx.Writer(ctx).RequestProblem("internal")
	}
	return p
}

// fieldOf returns a field as the answer has it.
func fieldOf(w explanation.Writer, f fault.Field) ProblemField {
	return ProblemField{
		Field: f.Path, Code: f.Expected.Code, Count: f.Expected.Count, Values: f.Expected.Values, Expected: w.Expected(f.Expected),
	}
}

// New returns a problem. The detail is a sentence for the caller.
func New(requestID string, status int, code fault.Code, detail string) *Problem {
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Code: code, Detail: detail, RequestID: requestID,
	}
}

// maxFields is how many wrong fields an answer names. A body can have thousands, and the
// answer would be larger than the body.
const maxFields = 50

func (p *Problem) limitFields(w explanation.Writer) {
	if all := len(p.Errors); all > maxFields {
		p.Errors = p.Errors[:maxFields]
		p.Detail = w.RequestFields(maxFields, all)
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

// Message returns the text of an error for the caller: the message of a fault,
// otherwise the whole text.
func Message(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Message
	}
	return err.Error()
}

// Short cuts the name of a field that the caller chose.
func Short(name string) string {
	const limit = 120
	if len(name) <= limit {
		return name
	}
	return strings.ToValidUTF8(name[:limit], "") + "..."
}
