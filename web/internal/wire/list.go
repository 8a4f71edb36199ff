package wire

import (
	"encoding/base64"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/models"
)

// Paging are the parameters of every list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"The number of items to return at most."`
	Cursor string `query:"cursor" maxLength:"300" doc:"The next_cursor of the previous answer, to read the items after it."`
}

// ColumnsParameter is the parameter of the page of a list with a column that is shown. It
// occurs once for each of them, and not at all for the usual ones. Saved views keep it, and
// the lists of the API do not have it.
const ColumnsParameter = "cols"

// Page returns the page to read.
func (p Paging) Page() models.Page { return models.Page{Limit: p.Limit, Cursor: p.Cursor} }

// Resolve refuses a cursor that was in no answer, before the database fails on it.
func (p *Paging) Resolve(huma.Context) []error {
	key, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || !limits.IsStorable(string(key)) {
		return []error{&huma.ErrorDetail{Location: "query.cursor", Message: "expected a cursor"}}
	}
	return nil
}

// Period are the parameters of lists that can be limited to a span of time.
type Period struct {
	From time.Time `query:"from" doc:"Only from this time on (RFC 3339)." example:"2026-01-01T00:00:00Z"`
	To   time.Time `query:"to" doc:"Only before this time (RFC 3339)." example:"2026-02-01T00:00:00Z"`
}

// Bounds returns both ends, nil for one that was left out.
func (p Period) Bounds() (from, to *time.Time) { return bound(p.From), bound(p.To) }

func bound(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(instant.Of(t))
}

// Listing is the answer of every list.
type Listing[T any] struct {
	Body struct {
		Items      []T    `json:"items" doc:"The items, newest first."`
		NextCursor string `json:"next_cursor" doc:"Pass it as cursor to read the next items. Empty if there are no more."`
	}
}

// List returns the answer of a list. Next is the cursor of the items after these.
func List[M, T any](items []M, next string, view func(M) T) *Listing[T] {
	out := &Listing[T]{}
	out.Body.Items = Views(items, view)
	out.Body.NextCursor = next
	return out
}

// Views returns the view of each item. It is never nil, so that JSON has a list.
func Views[M, T any](items []M, view func(M) T) []T {
	out := make([]T, 0, len(items))
	for _, item := range items {
		out = append(out, view(item))
	}
	return out
}

// Copy returns a copy of the texts. It is never nil, so that JSON has a list.
func Copy(texts []string) []string { return append([]string{}, texts...) }
