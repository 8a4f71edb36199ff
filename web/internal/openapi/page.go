package openapi

import (
	_ "embed"
	"fmt"
	"net/http"
	"sync"

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
func (a *API) MountDocument(e *echo.Echo) {
	a.serveDocument(e, Root+"/openapi.json", "application/openapi+json", a.huma.OpenAPI().MarshalJSON)
	a.serveDocument(e, Root+"/openapi.yaml", "application/openapi+yaml", a.huma.OpenAPI().YAML)

	endpoint.GetAndHead(e, Root+"/docs/start.js", func(c echo.Context) error {
		return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", docsScript)
	})
	endpoint.GetAndHead(e, Root+"/docs", func(c echo.Context) error {
		c.Response().Header().Set("Content-Security-Policy", docsPolicy)
		return c.HTMLBlob(http.StatusOK, docsPage)
	})
	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"} {
		endpoint.GetAndHead(e, Root+"/docs/"+name, echo.StaticFileHandler(name, swaggerfiles.FS))
	}
}

// serveDocument registers a route of the document. The document is written at the first
// request, because writing it takes longer than everything else at the start.
func (a *API) serveDocument(e *echo.Echo, path, contentType string, write func() ([]byte, error)) {
	document := sync.OnceValues(write)
	endpoint.GetAndHead(e, path, func(c echo.Context) error {
		body, err := document()
		if err != nil {
			return fmt.Errorf("writing the API's document: %w", err)
		}
		return c.Blob(http.StatusOK, contentType, body)
	})
}
