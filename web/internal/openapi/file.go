package openapi

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/web/internal/problem"
)

// fileBuffer is how much of a file is made before its first part is sent, in bytes. An
// error until then is answered as a problem.
const fileBuffer = 32 << 10

// File is an answer that is sent while it is made.
type File struct {
	Type string // such as text/csv
	Name string // under which it is saved
	// Write writes the file. The request's turn among those of its account lasts until it
	// returns.
	Write func(w io.Writer) error
}

// AddFile adds an operation to a group whose answer is a file of a type.
func AddFile[I any](g Group, o Operation, fileType string, handle func(context.Context, *I) (*File, error)) {
	a := g.api
	operation := a.operation(g, o)
	operation.Responses = map[string]*huma.Response{"200": {
		Description: http.StatusText(http.StatusOK),
		Content:     map[string]*huma.MediaType{fileType: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	answering := func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		viewing, end, err := a.begin(ctx, o)
		if err != nil {
			return nil, problem.Of(ctx, a.logger, err)
		}
		isSent := false
		defer func() {
			if !isSent { // an error, or a panic
				end()
			}
		}()
		file, err := handle(viewing, in)
		if err != nil {
			return nil, problem.Of(ctx, a.logger, err)
		}
		isSent = true
		return &huma.StreamResponse{Body: func(answer huma.Context) {
			defer end()
			a.send(answer, file)
		}}, nil
	}
	huma.Register(a.huma, operation, answering)
	addInside(a, operation, o, answering)
	a.documentLanguage(o)
}

// send sends a file. If an error comes after its first part, the connection is closed, so
// that nobody takes the part for the whole.
func (a *API) send(answer huma.Context, file *File) {
	begun := &begun{answer: answer, file: file}
	buffer := bufio.NewWriterSize(begun, fileBuffer)
	err := file.Write(buffer)
	switch {
	case err == nil:
		begun.begin() // an empty file has headers too
		err = buffer.Flush()
	case !begun.is:
		a.refuse(answer, err)
		return
	}
	if err != nil {
		a.logger.WarnContext(answer.Context(), "a file was not sent to its end", "error", err)
		panic(http.ErrAbortHandler)
	}
}

// begun writes the headers of a file before its first part.
type begun struct {
	answer huma.Context
	file   *File
	is     bool
}

func (b *begun) begin() {
	if b.is {
		return
	}
	b.is = true
	b.answer.SetHeader("Content-Type", b.file.Type+"; charset=utf-8")
	b.answer.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=%q", b.file.Name))
	b.answer.SetStatus(http.StatusOK)
}

// Write implements io.Writer.
func (b *begun) Write(part []byte) (int, error) {
	b.begin()
	n, err := b.answer.BodyWriter().Write(part)
	if err != nil {
		return n, fmt.Errorf("sending a file: %w", err)
	}
	return n, nil
}
