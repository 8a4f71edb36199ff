package openapi

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"ringback/web/internal/reqctx"
)

// languageComponents are the parameters of every operation that choose the language of
// its answer.
var languageComponents = map[string]*huma.Param{
	"Language": {
		Name: reqctx.LanguageParameter, In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Example: "pt-BR",
		Description: "The language of the sentences in the answer: en, ru or pt-BR. The default is the best match of Accept-Language, or else English. Codes and values do not depend on it.",
	},
	"Accept-Language": {
		Name: "Accept-Language", In: "header", Schema: &huma.Schema{Type: huma.TypeString}, Example: "pt-BR,pt;q=0.9",
		Description: "The languages of the reader, if the parameter language is not set.",
	},
}

// languageHeaders are the headers of every answer that name its language.
var languageHeaders = map[string]*huma.Header{
	"Content-Language": {Schema: &huma.Schema{Type: huma.TypeString}, Example: "pt-BR", Description: "The language of the sentences in the answer."},
}

// languageParameters refers to languageComponents.
func languageParameters() []*huma.Param {
	return []*huma.Param{{Ref: "#/components/parameters/Language"}, {Ref: "#/components/parameters/Accept-Language"}}
}

// documentLanguage adds languageHeaders to every answer of an operation.
func (a *API) documentLanguage(o Operation) {
	for _, response := range a.documented(o).Responses {
		if response.Headers == nil {
			response.Headers = map[string]*huma.Param{}
		}
		response.Headers["Content-Language"] = &huma.Header{Ref: "#/components/headers/Content-Language"}
	}
}

// answerInLanguage is the middleware of all operations that names the language of the
// answer, and removes from the URL the parameter that chose it. The operations have no
// input of that name, and refuse parameters that they do not have.
func answerInLanguage(ctx huma.Context, next func(huma.Context)) {
	c := humaecho.Unwrap(ctx)
	reqctx.SetLanguage(ctx.Context(), c.Response().Header())
	if query := c.Request().URL.Query(); query.Has(reqctx.LanguageParameter) {
		query.Del(reqctx.LanguageParameter)
		address := *c.Request().URL
		address.RawQuery = query.Encode()
		without := c.Request().WithContext(ctx.Context())
		without.URL = &address
		c.SetRequest(without)
	}
	next(ctx)
}
