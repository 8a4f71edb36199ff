package explanation

import "ringback/internal/locale"

// RequestProblem writes what is wrong with a request as a whole.
func (w Writer) RequestProblem(code string) string { return w.name("request", code) }

// RequestFields writes that a request has more fields that cannot be used than are
// listed.
func (w Writer) RequestFields(listed, all int) string {
	return w.text("request.fields_listed", locale.Values{
		"Listed": w.language.Number(int64(listed)), "All": w.language.Number(int64(all)),
	})
}
