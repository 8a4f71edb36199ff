package openapi

import (
	"cmp"

	"github.com/danielgtaylor/huma/v2"
)

// about is the introduction that an integrator reads first.
const about = `Ringback turns phone calls and form leads into conversion events for ad platforms.

**Start:** create a site, create an integration of it, report calls and leads, and read what became of them.

**Access:** every request needs the header ` + "`Authorization: Bearer <token>`" + `, except those of a browser that is signed in to the pages. An admin may do all that an editor may, an editor all that a viewer may. Role intake may only report calls and leads. The ids of other accounts are answered like unknown ids.

**Format:** JSON in snake_case. Times are in RFC 3339, in answers always in UTC. Durations are in seconds. A field that is not documented is refused. To read the next items of a list, pass its ` + "`next_cursor`" + ` as ` + "`cursor`" + `.

**Language:** every operation takes the parameter ` + "`language`" + ` (en, ru or pt-BR) or the header Accept-Language, which choose the language of sentences in its answer, errors included. The header Content-Language of the answer has the language. Field names, codes and values are the same in every language.

**Errors** are problems (RFC 9457) of type application/problem+json. ` + "`code`" + ` is the kind of problem, and ` + "`errors`" + ` has each invalid field and what was expected of it. Values are never repeated, as they may be secret. An answer 503 has the header Retry-After: send the request again after that time.

**Secrets** are write-only: an answer has ******** in place of each that is set.`

// config returns huma's configuration: our JSON, and no links or pages of its own.
func config(version string) huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Ringback", Version: cmp.Or(version, "dev"), Description: about},
			Servers: []*huma.Server{{URL: Root}},
			Components: &huma.Components{
				Parameters: languageComponents,
				Headers:    languageHeaders,
				Schemas:    huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer":  {Type: "http", Scheme: "bearer", Description: "A token of an account, or the operator's token."},
					"session": {Type: "apiKey", In: "cookie", Name: "__Host-ringback_session", Description: "The cookie of a browser that is signed in to the pages. Changes must come from a page of this service. Without https the name is ringback_session."},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json",
	}
}
