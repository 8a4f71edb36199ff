package models

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/pressly/goose/v3"

	"ringback/internal/fault"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migrate brings the schema up to date and gives the names of the migrations it
// applied. Two that run at once wait for each other.
func Migrate(ctx context.Context, s *Store) ([]string, error) {
	provider, err := s.provider()
	if err != nil {
		return nil, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return nil, s.problem("migrating the schema", err)
	}
	names := make([]string, 0, len(results))
	for _, r := range results {
		names = append(names, path.Base(r.Source.Path))
	}
	return names, nil
}

// CheckSchema refuses a schema that is not the one this program was built for:
// fault.Unavailable, with what is missing and the command to run.
func (s *Store) CheckSchema(ctx context.Context) error {
	provider, err := s.provider()
	if err != nil {
		return err
	}
	current, wanted, err := provider.GetVersions(ctx)
	if err != nil {
		return s.problem("reading the version of the schema", err)
	}
	if current > wanted {
		return fault.New(fault.Unavailable,
			"the database's schema has version %d, newer than the %d this program knows; run the program that migrated it", current, wanted)
	}
	var pending []string
	for _, source := range provider.ListSources() {
		if source.Version > current {
			pending = append(pending, path.Base(source.Path))
		}
	}
	if len(pending) > 0 {
		return fault.New(fault.Unavailable,
			`the database's schema is not current: missing %s; run "ringback migrate"`, strings.Join(pending, ", "))
	}
	return nil
}

func (s *Store) provider() (*goose.Provider, error) {
	dialect, options, err := s.dialect.goose()
	if err != nil {
		return nil, err
	}
	files, err := fs.Sub(rendered{files: migrationFiles, types: s.dialect.types()}, "migrations")
	if err != nil {
		return nil, fmt.Errorf("opening the migrations: %w", err)
	}
	provider, err := goose.NewProvider(dialect, s.pools[0], files, options...)
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return provider, nil
}

// rendered is a file system whose files name column types as one database does.
type rendered struct {
	files embed.FS
	types *strings.Replacer
}

// Open opens a file with its tokens replaced.
func (r rendered) Open(name string) (fs.File, error) {
	file, err := r.files.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return file, err
	}
	text, err := r.files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return renderedFile{File: file, text: bytes.NewReader([]byte(r.types.Replace(string(text))))}, nil
}

type renderedFile struct {
	fs.File
	text io.Reader
}

// Read reads the rendered text.
func (f renderedFile) Read(p []byte) (int, error) { return f.text.Read(p) }
