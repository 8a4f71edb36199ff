package openapi

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"
	swaggerfiles "github.com/swaggo/files/v2"

	"ringback/web/internal/endpoint"
)

// The page that shows the document.
var (
	//go:embed pages/docs.html
	docsPage []byte
	//go:embed pages/docs.js
	docsScript []byte
)

// docsPolicy lets the page load its own files and nothing else. Swagger UI sets
// styles by script, and has its icons as data.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// MountDocument registers the routes of the OpenAPI document and of its page. It is
// called once all operations are added. Both need no token, and no network beyond
// this service.
func (a *API) MountDocument(e *echo.Echo) error {
	document, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return fmt.Errorf("writing the document as JSON: %w", err)
	}
	asYAML, err := a.huma.OpenAPI().YAML()
	if err != nil {
		return fmt.Errorf("writing the document as YAML: %w", err)
	}
	serve := func(path, contentType string, body []byte) {
		endpoint.GetAndHead(e, path, func(c echo.Context) error { return c.Blob(http.StatusOK, contentType, body) })
	}
	serve(Root+"/openapi.json", "application/openapi+json", document)
	serve(Root+"/openapi.yaml", "application/openapi+yaml", asYAML)

	serve(Root+"/docs/start.js", "text/javascript; charset=utf-8", docsScript)
	endpoint.GetAndHead(e, Root+"/docs", func(c echo.Context) error {
		c.Response().Header().Set("Content-Security-Policy", docsPolicy)
		return c.HTMLBlob(http.StatusOK, docsPage)
	})
	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"} {
		endpoint.GetAndHead(e, Root+"/docs/"+name, echo.StaticFileHandler(name, swaggerfiles.FS))
	}
	endpoint.GetAndHead(e, "/", func(c echo.Context) error { return c.Redirect(http.StatusFound, Root+"/docs") })
	return nil
}
