package web

import (
	"encoding/base64"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/limits"
	"ringback/models"
)

// Paging are the parameters of every list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items to answer at most."`
	Cursor string `query:"cursor" maxLength:"300" doc:"Where to go on: next_cursor of the answer before."`
}

func (p Paging) page() models.Page { return models.Page{Limit: p.Limit, Cursor: p.Cursor} }

// Resolve refuses a cursor that no answer gave, before a database stumbles over it.
func (p *Paging) Resolve(huma.Context) []error {
	key, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || !limits.IsStorable(string(key)) {
		return []error{&huma.ErrorDetail{Location: "query.cursor", Message: "expected the next_cursor of the answer before"}}
	}
	return nil
}

// listing is the answer of every list.
type listing[T any] struct {
	Body struct {
		Items      []T    `json:"items" doc:"The items, newest first."`
		NextCursor string `json:"next_cursor" doc:"Give it as cursor to read on; empty: there is no more."`
	}
}

// listOf makes an answer of what the store gave.
func listOf[M, T any](items []M, next string, view func(M) T) *listing[T] {
	out := &listing[T]{}
	out.Body.Items = views(items, view)
	out.Body.NextCursor = next
	return out
}

// views turns each into its view; never nil, so that JSON has a list.
func views[M, T any](items []M, view func(M) T) []T {
	out := make([]T, 0, len(items))
	for _, item := range items {
		out = append(out, view(item))
	}
	return out
}

// answer is a body of its own.
type answer[T any] struct {
	Body T
}

func answerOf[T any](body T) *answer[T] { return &answer[T]{Body: body} }

// nothing is the answer without a body.
type nothing struct{}

func schemaOf[T any](r huma.Registry) *huma.Schema { return r.Schema(reflect.TypeFor[T](), true, "") }
