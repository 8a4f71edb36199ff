package reporting

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"
	"strings"

	"ringback/reports"
)

// csvType is the type of CSV files.
const csvType = "text/csv"

// formulas is what is said about all CSV files.
const formulas = "A text that a spreadsheet would take for a formula begins with an apostrophe."

// file is an answer that is a file.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (h *Handler) sourcesCSV(ctx context.Context, in *AskedSources) (*file, error) {
	in.Rows = 0
	v, err := h.sourcesView(ctx, *in)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	columns := names[in.By]
	head := append([]string{}, columns...)
	for _, f := range reports.CallFigures {
		head = append(head, f.ID)
	}
	_ = w.Write(head) // a buffer takes everything
	for _, row := range v.Rows {
		line := make([]string, 0, len(head))
		for _, name := range columns {
			line = append(line, harmless(row.Key[name]))
		}
		for _, f := range reports.CallFigures {
			line = append(line, number(row.Figures[f.ID].Value))
		}
		_ = w.Write(line)
	}
	w.Flush()
	return &file{ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="sources.csv"`, Body: out.Bytes()}, nil
}

// harmless returns a text that no spreadsheet takes for a formula: visitors choose
// campaigns and pages.
func harmless(text string) string {
	if strings.IndexAny(text, "=+-@\t\r\n") == 0 {
		return "'" + text
	}
	return text
}

func number(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}
