package channels

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ringback/internal/fault"
	"ringback/internal/texts"
)

// header is the first line of the sheet as CSV, in Marketo Measure's order. The
// eighth column marks rows that are not to be removed; its heading is ours.
var header = []string{"Channel", "Subchannel", "Campaign", "Medium", "Source", "Landing Page", "Referring Website", "Note"}

const (
	named      = 7 // the columns whose headings are checked
	keepNote   = "Do Not Remove"
	byteOrder  = "\uFEFF"
	maxCSVSize = 4 << 20 // bytes
)

// ReadCSV reads a sheet as Marketo Measure exports it. The eighth column may be
// missing, and semicolons may stand for the commas between columns, as Excel writes them
// in many countries. Lines without any text are left out. The error is a fault that names
// the line and the column of each cell that cannot be used; then nothing is read.
func ReadCSV(r io.Reader) (Sheet, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxCSVSize+1))
	if err != nil {
		return Sheet{}, fmt.Errorf("reading channel rules: %w", err)
	}
	if err := checkText(data); err != nil {
		return Sheet{}, err
	}
	data = bytes.TrimPrefix(data, []byte(byteOrder))
	records := csv.NewReader(bytes.NewReader(data))
	records.FieldsPerRecord, records.Comma = -1, texts.Separator(data)
	if err := readHeader(records); err != nil {
		return Sheet{}, err
	}
	rules, lines, err := readRules(records)
	if err != nil {
		return Sheet{}, err
	}
	if err := validate(rules, linePath(lines)); err != nil {
		return Sheet{}, err
	}
	return sheetOf(rules), nil
}

// checkText returns a fault if the data cannot be a CSV file that is to be read.
func checkText(data []byte) error {
	switch {
	case len(data) > maxCSVSize:
		return fault.New(fault.TooLarge, "file_too_large").With("Limit", strconv.Itoa(maxCSVSize>>20))
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		return wrongFile("file", fault.Expect("csv_utf8"))
	default:
		return nil
	}
}

func wrongFile(path string, expected fault.Expectation) error {
	return fault.InvalidFields(fault.Field{Path: path, Expected: expected})
}

// readHeader checks the headings of the columns.
func readHeader(records *csv.Reader) error {
	headings, err := records.Read()
	if errors.Is(err, io.EOF) {
		return wrongFile("line 1", fault.Expect("headings").With("Headings", strings.Join(header[:named], ", ")))
	}
	if err != nil {
		return unreadable(err)
	}
	for i, want := range header[:named] {
		if i >= len(headings) || !sameHeading(headings[i], want) {
			return wrongFile(fmt.Sprintf("line 1, column %d", i+1), fault.Expect("heading").With("Heading", want))
		}
	}
	return nil
}

func sameHeading(a, b string) bool {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }
	return plain(strings.TrimSpace(a)) == plain(b)
}

func unreadable(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return wrongFile(fmt.Sprintf("line %d", parse.Line), fault.Expect("quotes"))
	}
	return fmt.Errorf("reading channel rules: %w", err)
}

// readRules returns the rules and the line on which each stands.
func readRules(records *csv.Reader) (rules []Rule, lines []int, err error) {
	for {
		cells, err := records.Read()
		if errors.Is(err, io.EOF) {
			return rules, lines, nil
		}
		if err != nil {
			return nil, nil, unreadable(err)
		}
		line, _ := records.FieldPos(0)
		if len(cells) > len(header) {
			return nil, nil, wrongFile(fmt.Sprintf("line %d", line), fault.Expect("columns_at_most").Counting(len(header)))
		}
		if rule := ruleOf(cells); rule != (Rule{}) {
			rules, lines = append(rules, rule), append(lines, line)
		}
	}
}

func ruleOf(cells []string) Rule {
	all := append(slices.Clone(cells), make([]string, len(header)-len(cells))...)
	return Rule{
		Channel: all[0], Subchannel: all[1], Campaign: all[2], Medium: all[3], Source: all[4],
		LandingPage: all[5], ReferringWebsite: all[6], Keep: sameHeading(all[7], keepNote),
	}.trimmed()
}

// linePath returns the places of cells in a file.
func linePath(lines []int) place {
	headings := map[Column]string{channelColumn: header[0], subchannelColumn: header[1]}
	for i, column := range Columns() {
		headings[column] = header[i+2]
	}
	return func(row int, column Column) string {
		return fmt.Sprintf("line %d, column %s", lines[row], headings[column])
	}
}

// WriteCSV writes the sheet so that Marketo Measure and ReadCSV can read it.
func (s Sheet) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	records := [][]string{header}
	for _, r := range s.Rules() {
		note := ""
		if r.Keep {
			note = keepNote
		}
		records = append(records, []string{r.Channel, r.Subchannel, r.Campaign, r.Medium, r.Source, r.LandingPage, r.ReferringWebsite, note})
	}
	if err := out.WriteAll(records); err != nil {
		return fmt.Errorf("writing channel rules: %w", err)
	}
	return nil
}
