package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"ringback/web/internal/endpoint"
	"ringback/web/internal/problem"
)

// health adds the addresses by which others see that the service lives, can
// work, and how it does.
func (s *server) health(e *echo.Echo) {
	endpoint.GetAndHead(e, "/healthz", func(c echo.Context) error {
		return c.JSON(http.StatusOK, map[string]string{"status": "alive"})
	})
	endpoint.GetAndHead(e, "/readyz", s.ready)
	if s.MetricsHandler != nil {
		e.GET("/metrics", echo.WrapHandler(s.MetricsHandler))
	}
}

func (s *server) ready(c echo.Context) error {
	look := s.Health
	if look == nil {
		look = s.databaseReport
	}
	report := look(c.Request().Context())
	status := http.StatusOK
	if !report.Ready() {
		status = http.StatusServiceUnavailable
	}
	return c.JSON(status, report)
}

// databaseReport is what is known of health where Options say nothing more.
type databaseReport struct {
	Database   string `json:"database"`
	Migrations string `json:"migrations"`
}

// Ready reports whether what is accepted can be stored.
func (r databaseReport) Ready() bool { return r.Database == "ok" && r.Migrations == "ok" }

func (s *server) databaseReport(ctx context.Context) Report {
	r := databaseReport{Database: "ok", Migrations: "ok"}
	if s.Store.Ping(ctx) != nil {
		r.Database = "down"
	}
	if err := s.Store.CheckSchema(ctx); err != nil {
		r.Migrations = problem.Message(err)
	}
	return r
}
