package explanation

import (
	"errors"
	"fmt"

	"ringback/internal/fault"
	"ringback/internal/locale"
)

// Request writes why a request fails.
func (w Writer) Request(r fault.Reason) string {
	return w.coded(w.catalog, "request."+r.Code, r.Code, r.Count, r.Values)
}

// RequestFields writes that a request has more fields that cannot be used than are
// listed.
func (w Writer) RequestFields(listed, all int) string {
	return w.text("request.fields_listed", locale.Values{
		"Listed": w.language.Number(int64(listed)), "All": w.language.Number(int64(all)),
	})
}

// Error writes an error for operators: a fault as a sentence, followed by its cause,
// and any other error as its text.
func Error(err error) string {
	var f *fault.Error
	switch {
	case !errors.As(err, &f) || len(f.Fields) > 0:
		return err.Error()
	case f.Err != nil:
		return fmt.Sprintf("%s: %v", In(locale.English).Request(f.Reason), f.Err)
	default:
		return In(locale.English).Request(f.Reason)
	}
}
