package wire

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/locale"
)

// Answer is an answer with a body.
type Answer[T any] struct {
	Body T
}

// Body returns the answer with this body.
func Body[T any](body T) *Answer[T] { return &Answer[T]{Body: body} }

// Explained is an answer that holds sentences in one language.
type Explained[T any] struct {
	ContentLanguage string `header:"Content-Language"`
	Vary            string `header:"Vary"`
	Body            T
}

// InLanguage returns the answer whose sentences are in this language.
func InLanguage[T any](language locale.Language, body T) *Explained[T] {
	return &Explained[T]{ContentLanguage: string(language), Vary: "Accept-Language", Body: body}
}

// LanguageParameters choose the language of the sentences in an answer.
type LanguageParameters struct {
	Language       string `query:"language" maxLength:"35" doc:"The language of the sentences in the answer: en, ru or pt-BR. The default is the best match of Accept-Language, or else English. Codes and values do not depend on it." example:"pt-BR"`
	AcceptLanguage string `header:"Accept-Language" doc:"The languages of the reader, if the parameter language is not set."`
}

// NoBody is the answer without a body.
type NoBody struct{}

// Optional is a field of a change that may be set, set to null, or left out.
type Optional[T any] struct {
	IsSet bool
	Value *T // nil if it is set to null
}

// UnmarshalJSON is called only if the field is not left out.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	o.IsSet = true
	return json.Unmarshal(data, &o.Value)
}

// Schema documents the field like the value it holds.
func (o Optional[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}
