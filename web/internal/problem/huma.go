package problem

import (
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/fault"
	"ringback/web/internal/reqctx"
)

// ErrZeroCharacter is the error of a body that holds the character U+0000, which
// PostgreSQL cannot store in a text.
var ErrZeroCharacter = errors.New("the request body holds a zero character (\\u0000), which cannot be stored")

// init replaces the errors that huma makes itself. Huma holds the functions that
// make them in package variables, so this can be set nowhere else.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return humaProblem("", status, msg, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return humaProblem(reqctx.Of(ctx.Context()).ID, status, msg, errs)
	}
	huma.ValidateStrictCasing = true
	huma.DefaultArrayNullable = false
}

// humaProblem returns the problem for the errors that huma found in a request.
func humaProblem(requestID string, status int, msg string, errs []error) *Problem {
	p := New(requestID, status, CodeOf(status), msg)
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
	p.limitFields()
	return p
}

// unreadable returns why a body cannot be read at all. The texts of the parser are
// not used, as they may quote the body.
func unreadable(errs []error) string {
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) && d.Message == ErrZeroCharacter.Error() {
			return d.Message
		}
	}
	return "the request body is not valid JSON"
}

// humaField returns the field of an error and what was expected of it. It repeats
// only those messages of huma that do not quote the value.
func humaField(d *huma.ErrorDetail) ProblemField {
	field := fieldName(d.Location)
	expected := d.Message
	switch {
	case strings.HasPrefix(expected, "expected required property "):
		name, _, _ := strings.Cut(strings.TrimPrefix(expected, "expected required property "), " ")
		if field != "" {
			name = field + "." + name
		}
		return ProblemField{Field: Short(name), Expected: "this field is required"}
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
	return ProblemField{Field: Short(field), Expected: expected}
}

// fieldName returns the field of a location in huma's notation: "tags[1]" of "body.tags[1]".
func fieldName(location string) string {
	place, name, _ := strings.Cut(location, ".")
	switch place {
	case "body", "query", "path", "header":
		return name
	default:
		return location
	}
}
