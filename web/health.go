package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"ringback/explanation"
	"ringback/web/internal/endpoint"
)

// Report is what /readyz answers as JSON: with 200 if the service is ready, and
// otherwise with 503.
type Report interface {
	Ready() bool
}

// healthStore is what the report about the database needs.
type healthStore interface {
	Ping(ctx context.Context) error
	CheckSchema(ctx context.Context) error
}

// health answers whether the service is alive and ready, and serves its metrics.
type health struct {
	store   healthStore
	report  func(context.Context) Report // nil for a report about the database alone
	metrics http.Handler                 // nil if metrics are not served here
}

func (h health) mount(e *echo.Echo) {
	endpoint.GetAndHead(e, "/healthz", func(c echo.Context) error {
		return c.JSON(http.StatusOK, map[string]string{"status": "alive"})
	})
	endpoint.GetAndHead(e, "/readyz", h.ready)
	if h.metrics != nil {
		e.GET("/metrics", echo.WrapHandler(h.metrics))
	}
}

func (h health) ready(c echo.Context) error {
	makeReport := h.report
	if makeReport == nil {
		makeReport = h.databaseReport
	}
	report := makeReport(c.Request().Context())
	status := http.StatusOK
	if !report.Ready() {
		status = http.StatusServiceUnavailable
	}
	return c.JSON(status, report)
}

// databaseReport is the report about the database alone.
type databaseReport struct {
	Database   string `json:"database"`
	Migrations string `json:"migrations"`
}

// Ready reports whether what is accepted can be stored.
func (r databaseReport) Ready() bool { return r.Database == "ok" && r.Migrations == "ok" }

func (h health) databaseReport(ctx context.Context) Report {
	r := databaseReport{Database: "ok", Migrations: "ok"}
	if h.store.Ping(ctx) != nil {
		r.Database = "down"
	}
	if err := h.store.CheckSchema(ctx); err != nil {
		r.Migrations = explanation.Error(err)
	}
	return r
}
