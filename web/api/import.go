package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/fault"
	"ringback/internal/texts"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/turns"
)

// The bounds of one import. A file that is larger, or takes longer, is read in parts.
const (
	importBatch  = 500              // lines that are stored together
	importPiece  = 50               // the same while others send
	importFor    = 25 * time.Second // the answer has to be written within 40 seconds
	importErrors = 100              // lines that one answer names
	importLimit  = 64 << 20         // bytes
)

// Upload is a CSV file as it comes in, line by line.
type Upload struct {
	body  io.Reader
	until func(time.Time) error // sets the time until which the body has to come in
}

// Resolve takes the body before it is read.
func (u *Upload) Resolve(ctx huma.Context) []error {
	u.body, u.until = &limited{body: ctx.BodyReader(), left: importLimit}, ctx.SetReadDeadline
	return nil
}

// limited reads a body up to a limit. What is beyond it is an error, so that nothing looks
// like the end of a file that is not.
type limited struct {
	body io.Reader
	left int
}

var errTooLarge = errors.New("the file is larger than one import reads")

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLarge
	}
	n, err := l.body.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err //nolint:wrapcheck // the csv reader compares it with io.EOF
}

type importError struct {
	Line     int    `json:"line" doc:"The line of the file, beginning with 1." example:"3"`
	Column   string `json:"column,omitempty" doc:"The column, if it is one." example:"email"`
	Code     string `json:"code,omitempty" doc:"What was expected, for programs." example:"email"`
	Expected string `json:"expected" doc:"What was expected." example:"an e-mail address such as visitor@example.com"`
}

type importView struct {
	Lines      int           `json:"lines" doc:"How many lines were read, without the headings and empty lines." example:"1200"`
	Changed    int           `json:"changed" doc:"How many of them were new or different from what was stored." example:"340"`
	LeftOut    int           `json:"left_out" doc:"How many cannot be used. All others are stored." example:"1"`
	Errors     []importError `json:"errors" doc:"Why lines were left out, for the first 100."`
	Rounded    []int         `json:"rounded" doc:"The first 100 lines whose amount has more decimals than its currency. They are stored with the rounded amount." example:"[]"`
	Separator  string        `json:"separator" doc:"What separates the columns, by the first line of the file: a comma or a semicolon." example:";"`
	ContinueAt int           `json:"continue_at_line,omitempty" doc:"From which line on the file was not read, because there was no more time or it is larger than 64 MB. Post the headings and the lines from there on. Posting the whole file again is harmless, too."`
}

// importer reads a file and stores its lines.
type importer[Row any] struct {
	columns []string // the first of which has to be there
	// row returns the row of a line, and whether its amount was rounded. Its error names columns.
	row   func(cells map[string]string) (row Row, rounded bool, err error)
	store func(rows []Row) (changed int, err error)
	now   func() time.Time
	turns *turns.Turns // of the pieces, by their keys
	key   string

	view  importView
	rows  []Row
	write func(fault.Expectation) string
}

// read reads a file until it ends or the time is over.
func (i *importer[Row]) read(ctx context.Context, upload Upload) (importView, error) {
	i.view.Errors, i.view.Rounded = []importError{}, []int{}
	i.write = reqctx.Writer(ctx).Expected
	until := i.now().Add(importFor)
	_ = upload.until(endpoint.Deadline(importFor)) // only a test has a connection without deadlines
	lines := newCSVLines(upload.body)
	i.view.Separator = string(lines.comma)
	headings, err := i.headings(lines)
	if err != nil {
		return i.view, err
	}
	for last := 1; ; {
		cells, line, err := lines.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, errUnreadable) {
			i.view.ContinueAt = last // what comes after it may be a part of a line
			break
		}
		if last = line; i.now().After(until) {
			i.view.ContinueAt = line
			break
		}
		if err != nil {
			i.leaveOut(line, fault.Field{Expected: quotesOf(err)})
			continue
		}
		i.line(line, headings, cells)
		if len(i.rows) >= i.piece() {
			if err := i.flush(ctx); err != nil {
				return i.view, err
			}
		}
	}
	return i.view, i.flush(ctx)
}

// headings reads the first line. A column that is not known, or there twice, is refused, so that
// no column is lost for a wrong letter.
func (i *importer[Row]) headings(lines *csvLines) ([]string, error) {
	cells, _, err := lines.read()
	if err != nil {
		return nil, fault.InvalidFields(fault.Field{Path: "line 1", Expected: fault.Expect("headings").With("Headings", strings.Join(i.columns, ", "))})
	}
	var headings []string
	var wrong []fault.Field
	for n, cell := range cells {
		name := strings.ToLower(texts.Line(cell))
		path := fmt.Sprintf("line 1, column %d", n+1)
		switch {
		case !slices.Contains(i.columns, name):
			wrong = append(wrong, fault.Field{Path: path, Expected: fault.OneOf(i.columns)})
		case slices.Contains(headings, name):
			wrong = append(wrong, fault.Field{Path: path, Expected: fault.Expect("heading_once").With("Heading", name)})
		}
		headings = append(headings, name)
	}
	if len(wrong) == 0 && !slices.Contains(headings, i.columns[0]) {
		wrong = append(wrong, fault.Field{Path: "line 1", Expected: fault.Expect("heading").With("Heading", i.columns[0])})
	}
	if len(wrong) > 0 {
		return nil, fault.InvalidFields(wrong...)
	}
	return headings, nil
}

// line reads one line.
func (i *importer[Row]) line(line int, headings, cells []string) {
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return
	}
	i.view.Lines++
	if len(cells) > len(headings) {
		i.leaveOut(line, fault.Field{Expected: fault.Expect("columns_at_most").Counting(len(headings))})
		return
	}
	named := map[string]string{}
	for n, cell := range cells {
		if !utf8.ValidString(cell) || strings.Contains(cell, "\x00") {
			i.leaveOut(line, fault.Field{Path: headings[n], Expected: fault.Expect("text_storable")})
			return
		}
		named[headings[n]] = texts.Line(cell)
	}
	row, rounded, err := i.row(named)
	var wrong *fault.Error
	if errors.As(err, &wrong) {
		i.leaveOut(line, wrong.Fields...)
		return
	}
	if rounded && len(i.view.Rounded) < importErrors {
		i.view.Rounded = append(i.view.Rounded, line)
	}
	i.rows = append(i.rows, row)
}

// leaveOut counts a line that cannot be used, and says why.
func (i *importer[Row]) leaveOut(line int, fields ...fault.Field) {
	i.view.LeftOut++
	for _, f := range fields {
		if len(i.view.Errors) < importErrors {
			i.view.Errors = append(i.view.Errors, importError{Line: line, Column: f.Path, Code: f.Expected.Code, Expected: i.write(f.Expected)})
		}
	}
}

// piece returns how many lines are stored together now.
func (i *importer[Row]) piece() int {
	if i.turns.Yields(i.key) {
		return importPiece
	}
	return importBatch
}

// flush stores the lines that were read, in their turn.
func (i *importer[Row]) flush(ctx context.Context) error {
	if len(i.rows) == 0 {
		return nil
	}
	end, err := i.turns.Begin(ctx, i.key)
	if err != nil {
		return err //nolint:wrapcheck // it is an answer
	}
	defer end()
	changed, err := i.store(i.rows)
	i.view.Changed += changed
	i.rows = i.rows[:0]
	return err
}

// importInto are the parameters of an import.
type importInto struct {
	sites.InSite
	Upload
}
