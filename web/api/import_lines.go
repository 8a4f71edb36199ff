package api

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"ringback/internal/fault"
	"ringback/internal/texts"
)

// csvLines reads the lines of a CSV file. A quote that is not closed costs the line that
// opens it, and none of those after it.
type csvLines struct {
	body     io.Reader // what is not read yet
	comma    rune      // what separates columns
	recorded *recorder
	reader   *csv.Reader
	before   int // lines of the file before the first one of the reader
	passed   int // lines of the reader that were read
}

// errUnreadable is the error of a file that cannot be read further.
var errUnreadable = errors.New("the file cannot be read further")

// errNotClosed is the error of a line with a quote that is not closed, or closed at a wrong
// place in a later line.
var errNotClosed = errors.New("a quote is not closed")

// quotesOf returns what was expected of a line with wrong quotes.
func quotesOf(err error) fault.Expectation {
	if errors.Is(err, errNotClosed) {
		return fault.Expect("quote_closed")
	}
	return fault.Expect("quotes")
}

func newCSVLines(file io.Reader) *csvLines {
	l := &csvLines{}
	l.body, l.comma = texts.BeginCSV(file)
	l.begin(l.body)
	return l
}

func (l *csvLines) begin(body io.Reader) {
	l.recorded = &recorder{body: body}
	l.reader = csv.NewReader(l.recorded)
	l.reader.FieldsPerRecord, l.reader.ReuseRecord, l.reader.Comma = -1, true, l.comma
	l.passed = 0
}

// read returns the cells of the next line that is not empty, which are valid until the next
// one is read, and the number of the line. The error is io.EOF at the end, and wraps
// errUnreadable if the file cannot be read further. After any other error it can.
func (l *csvLines) read() (cells []string, line int, err error) {
	start := l.reader.InputOffset()
	cells, err = l.reader.Read()
	var wrong *csv.ParseError
	switch {
	case err == nil:
		line, _ = l.reader.FieldPos(0)
		line += l.before
	case errors.Is(err, io.EOF):
		return nil, 0, io.EOF
	case !errors.As(err, &wrong):
		return nil, 0, fmt.Errorf("%w: %w", errUnreadable, err)
	default:
		line = l.before + wrong.StartLine
		if wrong.Line > wrong.StartLine {
			l.continueAfter(wrong.StartLine)
			return nil, line, errNotClosed
		}
	}
	l.passed += bytes.Count(l.recorded.pass(l.reader.InputOffset()-start), newline)
	return cells, line, err
}

var newline = []byte("\n")

// continueAfter goes back to what follows a line of the reader.
func (l *csvLines) continueAfter(line int) {
	rest := l.recorded.kept
	for range line - l.passed {
		rest = rest[bytes.IndexByte(rest, '\n')+1:]
	}
	l.before += line
	l.begin(io.MultiReader(bytes.NewReader(slices.Clone(rest)), l.body))
}

// recorder keeps what was read since the last line that was passed.
type recorder struct {
	body io.Reader
	kept []byte
}

// Read implements io.Reader.
func (r *recorder) Read(into []byte) (int, error) {
	n, err := r.body.Read(into)
	r.kept = append(r.kept, into[:n]...)
	return n, err
}

// pass forgets what the next line begins after, and returns it.
func (r *recorder) pass(size int64) []byte {
	passed := r.kept[:size]
	r.kept = r.kept[size:]
	return passed
}
