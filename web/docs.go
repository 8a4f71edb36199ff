package web

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
	swaggerfiles "github.com/swaggo/files/v2"

	"ringback/web/internal/endpoint"
)

// docsPolicy lets the documentation page load its own files and nothing else.
// Swagger UI sets styles by script, and has its icons as data.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// about is what an integrator reads first.
const about = `Ringback turns phone calls and form leads into conversion events for ad platforms.

**Start:** create a site, create an integration of it, report calls and leads, and read what became of them.

**Who:** every request needs the header ` + "`Authorization: Bearer <token>`" + `. Roles: admin may do what editor may, editor what viewer may; intake only reports calls and leads. Another account's ids are answered as unknown ones.

**Form:** JSON in snake_case; times in RFC 3339, answered in UTC; durations in seconds. A field that is not documented is refused. Lists are read on with ` + "`next_cursor`" + `.

**Errors** are problems (RFC 9457) of type application/problem+json. ` + "`code`" + ` says what kind it is, ` + "`errors`" + ` names each wrong field and what was expected. Values are never repeated, as they may be secret. 503 comes with Retry-After: send again.

**Secrets** are write-only: reading gives ******** for each that is set.`

// apiConfig is huma's configuration: our JSON, and no links or pages of its own.
func (s *server) apiConfig() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Ringback", Version: s.version(), Description: about},
			Servers: []*huma.Server{{URL: apiRoot}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer": {Type: "http", Scheme: "bearer", Description: "A token of an account, or the operator's."},
				},
			},
			Tags: []*huma.Tag{
				{Name: "Intake", Description: "What happened: calls and leads."},
				{Name: "Sites", Description: "Web sites and where their calls come from."},
				{Name: "Integrations", Description: "Where conversions are sent, and which."},
				{Name: "Conversions and deliveries", Description: "What became of calls and leads, and why."},
				{Name: "Account", Description: "Tokens, the record of changes, accounts."},
			},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json",
	}
}

func (s *server) version() string {
	if s.Version == "" {
		return "dev"
	}
	return s.Version
}

// docs adds the OpenAPI document and the page to read it. Both need no token
// and no network beyond this service.
func (s *server) docs(e *echo.Echo) error {
	document, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return fmt.Errorf("writing the document as JSON: %w", err)
	}
	asYAML, err := s.api.OpenAPI().YAML()
	if err != nil {
		return fmt.Errorf("writing the document as YAML: %w", err)
	}
	serve := func(path, contentType string, body []byte) {
		endpoint.GetAndHead(e, path, func(c echo.Context) error { return c.Blob(http.StatusOK, contentType, body) })
	}
	serve(apiRoot+"/openapi.json", "application/openapi+json", document)
	serve(apiRoot+"/openapi.yaml", "application/openapi+yaml", asYAML)

	serve(apiRoot+"/docs/start.js", "text/javascript; charset=utf-8", docsScript)
	endpoint.GetAndHead(e, apiRoot+"/docs", func(c echo.Context) error {
		c.Response().Header().Set("Content-Security-Policy", docsPolicy)
		return c.HTMLBlob(http.StatusOK, docsPage)
	})
	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"} {
		endpoint.GetAndHead(e, apiRoot+"/docs/"+name, echo.StaticFileHandler(name, swaggerfiles.FS))
	}
	endpoint.GetAndHead(e, "/", func(c echo.Context) error { return c.Redirect(http.StatusFound, apiRoot+"/docs") })
	return nil
}
