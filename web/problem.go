package web

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/fault"
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

// Problem is the body of every answer that is not a success (RFC 9457).
type Problem struct {
	Type      string         `json:"type" doc:"Always about:blank: the code says what kind of problem it is." example:"about:blank"`
	Title     string         `json:"title" doc:"The HTTP status in words." example:"Unprocessable Entity"`
	Status    int            `json:"status" doc:"The HTTP status." example:"422"`
	Code      fault.Code     `json:"code" doc:"What kind of problem it is, for programs." example:"invalid"`
	Detail    string         `json:"detail" doc:"What is wrong, for people." example:"the request has fields that cannot be used"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"The fields that are wrong."`
	RequestID string         `json:"request_id,omitempty" doc:"Names this request in the log; also in the X-Request-Id header." example:"req_01jdq0000000000000000000"`

	retryAfter string
}

// ProblemField is one field that is wrong. The value itself is never repeated: it may be a secret.
type ProblemField struct {
	Field    string `json:"field" doc:"The field of the body, or the parameter." example:"calls.metrics[1]"`
	Expected string `json:"expected" doc:"What was expected of it." example:"value to be one of \"all, unique\""`
}

// Error returns the sentence. It makes Problem an error that huma writes as it is.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status to huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of RFC 9457 to huma.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns huma the headers that go with the problem.
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

// init makes huma's own errors problems of ours. Huma keeps these as package
// variables, so that there is no other place for them.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return humaProblem("", status, msg, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return humaProblem(requestOf(ctx.Context()).ID, status, msg, errs)
	}
	huma.ValidateStrictCasing = true
	huma.DefaultArrayNullable = false
}

// problemOf turns an error into the problem that is answered. What is not a
// fault is logged and answered without its text.
func problemOf(ctx context.Context, logger *slog.Logger, err error) *Problem {
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
		logger.ErrorContext(ctx, "request failed", "request_id", requestOf(ctx).ID, "code", f.Code, "error", err)
	}
	p = newProblem(requestOf(ctx).ID, status, f.Code, f.Message)
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Field: field.Path, Expected: field.Expected})
	}
	if f.RetryAfter > 0 {
		p.retryAfter = strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds())))
	} else if f.Code == fault.Unavailable {
		p.retryAfter = "5"
	}
	if f.Code == fault.Internal {
		p.Detail = "something went wrong on our side; the log has it under the request id"
	}
	return p
}

func newProblem(requestID string, status int, code fault.Code, detail string) *Problem {
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Code: code, Detail: detail, RequestID: requestID,
	}
}

// codeOfStatus is the table of statuses the other way round, for errors that
// start as a status: the router's and huma's.
func codeOfStatus(status int) fault.Code {
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

// humaProblem rewrites what huma found wrong with a request.
func humaProblem(requestID string, status int, msg string, errs []error) *Problem {
	p := newProblem(requestID, status, codeOfStatus(status), msg)
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			p.Errors = append(p.Errors, humaField(d))
		}
	}
	switch {
	case status == http.StatusRequestEntityTooLarge:
		p.Detail = "the request body is larger than this operation takes"
	case status == http.StatusUnsupportedMediaType:
		p.Detail, p.Errors = "the request body must be application/json", nil
	case status == http.StatusBadRequest && len(p.Errors) > 0:
		p.Detail, p.Errors = unreadable(errs), nil
	case status == http.StatusUnprocessableEntity:
		p.Detail = "the request has fields that cannot be used"
	case msg == "cannot read request body":
		p.Status, p.Code, p.Detail = http.StatusBadRequest, fault.Invalid, "the request body ended early"
		p.Title = http.StatusText(p.Status)
	}
	return p
}

// unreadable says why a body cannot be read at all. The parser's own words may quote it.
func unreadable(errs []error) string {
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) && d.Message == errZeroCharacter.Error() {
			return d.Message
		}
	}
	return "the request body is not valid JSON"
}

// humaField names the field and what was expected. Of huma's messages only
// those are repeated that are known not to quote the value.
func humaField(d *huma.ErrorDetail) ProblemField {
	field := fieldName(d.Location)
	expected := d.Message
	switch {
	case strings.HasPrefix(expected, "expected required property "):
		name, _, _ := strings.Cut(strings.TrimPrefix(expected, "expected required property "), " ")
		if field != "" {
			name = field + "." + name
		}
		return ProblemField{Field: short(name), Expected: "this field is required"}
	case expected == "unexpected property":
		expected = "no such field; remove it"
	case strings.HasPrefix(expected, "required "):
	case strings.HasPrefix(expected, "expected "):
		expected = strings.TrimPrefix(expected, "expected ")
	case expected == "unknown query parameter":
		expected = "no such parameter; remove it"
	case strings.HasPrefix(expected, "invalid date/time"):
		expected = "a time in RFC 3339, such as 2026-01-31T12:17:00Z"
	default:
		expected = "a value of the documented type"
	}
	if field == "" {
		field = "body"
	}
	return ProblemField{Field: short(field), Expected: expected}
}

// fieldName takes from huma's location where the field stands: "body.tags[1]" is "tags[1]".
func fieldName(location string) string {
	place, name, _ := strings.Cut(location, ".")
	switch place {
	case "body", "query", "path", "header":
		return name
	default:
		return location
	}
}

// short bounds a field's name: unknown fields have names of the caller's choosing.
func short(name string) string {
	const limit = 120
	if len(name) <= limit {
		return name
	}
	return strings.ToValidUTF8(name[:limit], "") + "..."
}
