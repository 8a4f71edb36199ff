package problem

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/fault"
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

// bodyCut is huma's message for a body that ended before its length. Huma answers it with
// the status 500.
const bodyCut = "cannot read request body"

// humaProblem returns the problem for the errors that huma found in a request.
func humaProblem(ctx context.Context, status int, msg string, errs []error) *Problem {
	if msg == bodyCut || holdsZero(errs) {
		status = http.StatusBadRequest
	}
	p := New(ctx, status, CodeOf(status), humaReason(status, msg, errs))
	var wrong []fault.Field
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) && status == http.StatusUnprocessableEntity {
			wrong = append(wrong, humaField(d))
		}
	}
	p.setFields(ctx, wrong)
	return p
}

// humaReason returns why huma cannot use a request. Huma has no codes for that.
func humaReason(status int, msg string, errs []error) fault.Reason {
	switch {
	case msg == bodyCut:
		return fault.Because("body_cut")
	case status == http.StatusUnprocessableEntity:
		return fault.Because("fields_unusable")
	case status == http.StatusRequestEntityTooLarge:
		return fault.Because("body_too_large")
	case status == http.StatusUnsupportedMediaType:
		return fault.Because("body_type")
	case status == http.StatusRequestTimeout:
		return fault.Because("body_slow")
	case status >= http.StatusInternalServerError:
		return fault.Because("internal")
	case len(errs) == 0:
		return fault.Because("body_required")
	case holdsZero(errs):
		return fault.Because("zero_character")
	default: // the texts of the parser may quote the body
		return fault.Because("body_not_json")
	}
}

// holdsZero reports whether a body cannot be read because of ErrZeroCharacter.
func holdsZero(errs []error) bool {
	return slices.ContainsFunc(errs, func(err error) bool {
		var d *huma.ErrorDetail
		return errors.As(err, &d) && d.Message == ErrZeroCharacter.Error()
	})
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
