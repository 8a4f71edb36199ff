// Package csvfile makes CSV files that are sent while they are written, and keeps
// spreadsheets from taking texts of visitors for formulas. It must not know what is in them.
package csvfile

import (
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strings"

	"ringback/web/internal/openapi"
)

// Type is the type of the files.
const Type = "text/csv"

// Formulas is what the descriptions of operations say about the files.
const Formulas = "A text that a spreadsheet would take for a formula begins with an apostrophe."

// New returns a file with a head and the lines that a function passes on.
func New(name string, head []string, fill func(write func(line []string) error) error) *openapi.File {
	return &openapi.File{Type: Type, Name: name + ".csv", Write: func(out io.Writer) error {
		w := csv.NewWriter(out)
		write := func(line []string) error {
			if err := w.Write(line); err != nil {
				return fmt.Errorf("writing a file: %w", err)
			}
			return nil
		}
		if err := write(head); err != nil {
			return err
		}
		if err := fill(write); err != nil {
			return err
		}
		w.Flush()
		return w.Error()
	}}
}

// formula is what a spreadsheet may take for the beginning of a formula, after what may
// divide a line. A file with commas is divided at semicolons in many countries, wherever
// quotes are, and one with semicolons at commas in others.
var formula = regexp.MustCompile(`(^|[;,\t\r\n]+)([" ]*[=+\-@])`)

// Harmless returns a text that no spreadsheet takes for a formula: visitors choose
// campaigns and pages.
func Harmless(text string) string {
	text = formula.ReplaceAllString(text, `${1}'${2}`)
	if strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") || strings.HasPrefix(text, "\n") {
		return "'" + text
	}
	return text
}
