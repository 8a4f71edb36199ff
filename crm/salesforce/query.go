package salesforce

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Row is a row of a query or search.
type Row map[string]any

// Object returns the object that the row belongs to, such as Contact.
func (r Row) Object() string {
	attributes, _ := r["attributes"].(map[string]any)
	name, _ := attributes["type"].(string)
	return name
}

// Text returns a field's text, empty if it has none.
func (r Row) Text(field string) string {
	text, _ := r[field].(string)
	return text
}

// Is reports whether a field is true.
func (r Row) Is(field string) bool {
	is, _ := r[field].(bool)
	return is
}

// Number returns a field's number as a decimal number, empty if it has none.
func (r Row) Number(field string) string {
	number, ok := r[field].(float64)
	if !ok {
		return ""
	}
	return strconv.FormatFloat(number, 'f', -1, 64)
}

// timeFormats are how Salesforce writes times, and dates as midnight in UTC.
var timeFormats = []string{"2006-01-02T15:04:05.000-0700", "2006-01-02T15:04:05-0700", time.RFC3339Nano, time.DateOnly}

// Time returns a field's time or date, zero if it has none.
func (r Row) Time(field string) time.Time {
	for _, format := range timeFormats {
		if at, err := time.Parse(format, r.Text(field)); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// Literal returns a time as a literal of SOQL.
func Literal(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// Quote returns a text as a literal of SOQL.
func Quote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`).Replace(text) + "'"
}

// QueryAll returns the rows of a query, archived and deleted ones too, over all its
// pages. It stops at the first error.
func (c *Client) QueryAll(ctx context.Context, soql string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for rows, err := range c.Pages(ctx, soql) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// Pages is QueryAll by pages of up to 2,000 rows.
func (c *Client) Pages(ctx context.Context, soql string) iter.Seq2[[]Row, error] {
	return func(yield func([]Row, error) bool) {
		next := call{method: http.MethodGet, path: "/queryAll", query: url.Values{"q": {soql}}}
		for {
			var page struct {
				Records []Row  `json:"records"`
				Next    string `json:"nextRecordsUrl"`
			}
			if err := c.read(ctx, next, &page); err != nil {
				yield(nil, fmt.Errorf("querying: %w", err))
				return
			}
			if !yield(page.Records, nil) || page.Next == "" { // a short page is not the last one by itself
				return
			}
			next = call{method: http.MethodGet, path: withoutVersion(page.Next)}
		}
	}
}

// withoutVersion returns the path of a next page without its prefix
// "/services/data/v66.0".
func withoutVersion(path string) string {
	rest, ok := strings.CutPrefix(path, "/services/data/")
	if !ok {
		return path
	}
	_, rest, _ = strings.Cut(rest, "/")
	return "/" + rest
}

// Search returns the rows of a search in SOSL. New records are found after a while.
func (c *Client) Search(ctx context.Context, sosl string) ([]Row, error) {
	var found struct {
		Records []Row `json:"searchRecords"`
	}
	err := c.read(ctx, call{method: http.MethodGet, path: "/search/", query: url.Values{"q": {sosl}}}, &found)
	if err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	return found.Records, nil
}
