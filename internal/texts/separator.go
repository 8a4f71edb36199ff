package texts

import (
	"bufio"
	"bytes"
	"io"
)

// headSize is how many bytes of a file its separator is found in.
const headSize = 1 << 10

// BeginCSV returns a CSV file without the mark of its byte order, and what separates its
// columns.
func BeginCSV(file io.Reader) (body *bufio.Reader, separator rune) {
	body = bufio.NewReader(file)
	if mark, _ := body.Peek(3); string(mark) == "\uFEFF" {
		_, _ = body.Discard(3)
	}
	head, _ := body.Peek(headSize) // an error comes again when the file is read
	return body, Separator(head)
}

// Separator returns what separates the columns of a CSV file, by its first line: a
// semicolon if there are more of them in it than commas, otherwise a comma. Excel writes
// semicolons where a comma is the decimal sign.
func Separator(file []byte) rune {
	head, _, _ := bytes.Cut(file, []byte("\n"))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		return ';'
	}
	return ','
}
