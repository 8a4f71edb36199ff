package problem

import (
	"context"
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
		return humaProblem(context.Background(), status, msg, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return humaProblem(ctx.Context(), status, msg, errs)
	}
	huma.ValidateStrictCasing = true
	huma.DefaultArrayNullable = false
}

// humaProblem returns the problem for the errors that huma found in a request.
func humaProblem(ctx context.Context, status int, msg string, errs []error) *Problem {
	w := reqctx.Writer(ctx)
	p := New(reqctx.Of(ctx).ID, status, CodeOf(status), msg)
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			p.Errors = append(p.Errors, fieldOf(w, humaField(d)))
		}
	}
	switch {
	case status == http.StatusRequestEntityTooLarge:
		p.Detail = w.RequestProblem("body_too_large")
	case status == http.StatusUnsupportedMediaType:
		p.Detail, p.Errors = w.RequestProblem("body_type"), nil
	case status == http.StatusBadRequest && len(p.Errors) > 0:
		p.Detail, p.Errors = w.RequestProblem(unreadable(errs)), nil
	case status == http.StatusUnprocessableEntity:
		p.Detail = w.RequestProblem("fields_unusable")
	case msg == "cannot read request body":
		p.Status, p.Code, p.Detail = http.StatusBadRequest, fault.Invalid, w.RequestProblem("body_cut")
		p.Title = http.StatusText(p.Status)
	}
	p.limitFields(w)
	return p
}

// unreadable returns the code of why a body cannot be read at all. The texts of the parser are
// not used, as they may quote the body.
func unreadable(errs []error) string {
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) && d.Message == ErrZeroCharacter.Error() {
			return "zero_character"
		}
	}
	return "body_not_json"
}

// humaField returns the field of an error and what was expected of it. It repeats
// only those messages of huma that do not quote the value.
func humaField(d *huma.ErrorDetail) fault.Field {
	field := fieldName(d.Location)
	expected, known := ofSchema(d.Message)
	switch {
	case expected.Code == "required_field":
		name, _, _ := strings.Cut(strings.TrimPrefix(d.Message, "expected required property "), " ")
		if field != "" {
			name = field + "." + name
		}
		return fault.Field{Path: Short(name), Expected: expected}
	case known:
	default:
		expected = fault.Expect("documented_type")
	}
	if field == "" {
		field = "body"
	}
	return fault.Field{Path: Short(field), Expected: expected}
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
