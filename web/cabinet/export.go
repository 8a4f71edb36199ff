package cabinet

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"ringback/internal/locale"
	"ringback/models/audit"
	"ringback/web/cabinet/pages"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/csvfile"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/reqctx"
)

// Trail records in the audit trail that somebody downloaded a list.
type Trail interface {
	RecordDownload(ctx context.Context, actor audit.Actor, siteID, list, filter string) error
}

// byteOrderMark begins every file. Without it, spreadsheets read UTF-8 as another encoding.
const byteOrderMark = "\ufeff"

// exportTimeout is how long one part of a file may take to be sent.
const exportTimeout = time.Minute

// exportCalls sends all calls and leads that the filter of the page shows as a CSV file.
func (h *Handler) exportCalls(c echo.Context) error {
	search := strings.TrimSpace(c.QueryParam("search"))
	query := searching(pick(c.QueryParams(), callParameters...), search)
	return exportList(h, c, "calls", "conversions", query, pages.CallColumns(), pages.Shell.CallLine)
}

// exportDeliveries sends all deliveries that the filter of the page shows as a CSV file.
func (h *Handler) exportDeliveries(c echo.Context) error {
	integrations, err := h.integrations(c)
	if err != nil {
		return err
	}
	line := func(s pages.Shell, d conversionview.DeliveryView) []string { return s.DeliveryLine(integrations, d) }
	return exportList(h, c, "deliveries", "deliveries", pick(c.QueryParams(), deliveryParameters...), pages.DeliveryColumns(), line)
}

// exportList sends a list page by page, so that a long one needs no more memory than a short
// one. An error after the first page ends the connection: nobody takes a part for the whole.
func exportList[T any](h *Handler, c echo.Context, section, path string, query url.Values, columns []string, line func(pages.Shell, T) []string) error {
	shell, err := h.siteShell(c, c.Param("site"), section)
	if err != nil {
		return err
	}
	items, next, err := readPage[T](h, c, sitePath(c, path), query)
	if err != nil {
		return err
	}
	actor := reqctx.Actor(c.Request().Context())
	if err := h.o.Trail.RecordDownload(c.Request().Context(), actor, c.Param("site"), section, recorded(c, query).Encode()); err != nil {
		return err
	}
	out := beginFile(c, shell, section)
	head := make([]string, 0, len(columns))
	for _, column := range columns {
		head = append(head, shell.Code("column", column))
	}
	if err := h.write(c, out, head); err != nil {
		return nil //nolint:nilerr // the browser is gone
	}
	for {
		for _, item := range items {
			if err := h.write(c, out, line(shell, item)); err != nil {
				return nil //nolint:nilerr // the browser is gone
			}
		}
		out.Flush()
		if next == "" {
			return nil
		}
		query.Set("cursor", next)
		if items, next, err = readPage[T](h, c, sitePath(c, path), query); err != nil {
			h.o.Logger.WarnContext(c.Request().Context(), "a file was not sent to its end", "error", err)
			panic(http.ErrAbortHandler)
		}
	}
}

// recorded returns a filter as the audit trail has it: without whom somebody searched for,
// because a person who is erased must not stay there.
func recorded(c echo.Context, query url.Values) url.Values {
	kept := maps.Clone(query)
	kept.Del("person")
	if c.QueryParam("search") != "" {
		kept.Del("external_id") // what is searched for may be a name
	}
	return kept
}

// beginFile sends the headers of a file. Spreadsheets of languages with a decimal comma
// divide lines at semicolons.
func beginFile(c echo.Context, s pages.Shell, name string) *csv.Writer {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	header.Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name+".csv"))
	header.Set(echo.HeaderCacheControl, "no-store")
	c.Response().WriteHeader(http.StatusOK)
	_, _ = c.Response().Write([]byte(byteOrderMark)) // the next write fails too
	out := csv.NewWriter(c.Response())
	out.UseCRLF = true
	if s.Language != locale.English {
		out.Comma = ';'
	}
	return out
}

// write writes a line. The time for it begins anew, because a long file takes longer than
// any one answer may.
func (h *Handler) write(c echo.Context, out *csv.Writer, line []string) error {
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(endpoint.Deadline(exportTimeout)) // a test's recorder has none
	for i, text := range line {
		line[i] = csvfile.Harmless(text)
	}
	if err := out.Write(line); err != nil {
		return fmt.Errorf("writing a file: %w", err)
	}
	return nil
}
