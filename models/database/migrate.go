package database

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"ringback/internal/fault"
)

// Newest is the version that MigrateTo reads as the newest of the migrations.
const Newest = math.MaxInt64

// MigrateTo applies the migrations up to a version and returns their names. Those that
// came to the program after later ones were applied are applied first. Of two processes that
// migrate at once, one waits for the other; see package migrationlock.
//
// The files are those of Options.Migrations, named 00001_first.sql and so on.
// Column types in them are tokens: {{id}}, {{timestamp}}, {{json}}, {{bytes}} and
// {{serial}} stand for what each of the databases has for them.
//
// A line that begins with {{postgres}} or {{sqlite}} is one of that database alone.
//
// A file with the line "-- +goose {{outside}}" changes what is stored while others write: it
// builds indexes with {{concurrently}} in the place of CONCURRENTLY, or changes rows in
// pieces. A database that others may be using then runs its statements outside of a
// transaction, one in each block, so each has to be one that can be repeated. Otherwise they are one transaction.
func (db *DB) MigrateTo(ctx context.Context, version int64) ([]string, error) {
	lock, err := db.dialect.migrationLock(db.clock, db.logger)
	if err != nil {
		return nil, err
	}
	provider, err := db.provider(ctx, false, lock...)
	if err != nil {
		return nil, err
	}
	current, err := provider.GetDBVersion(ctx)
	if err != nil {
		return nil, db.WrapErr("reading the version of the schema", err)
	}
	if current > 0 {
		if provider, err = db.provider(ctx, true, lock...); err != nil {
			return nil, err
		}
	}
	names, err := db.up(ctx, provider, version)
	return names, db.WrapErr("migrating the schema", err)
}

// busyPause is how long a migration leaves a table to others that it could not lock.
const busyPause = 5 * time.Second

// up applies migrations. One that finds a table in use for longer than it may wait begins again
// after a while: what is written to the table waits behind it meanwhile. So does one that
// PostgreSQL has ended because of a deadlock.
func (db *DB) up(ctx context.Context, provider *goose.Provider, version int64) ([]string, error) {
	names := []string{}
	for {
		results, err := provider.UpTo(ctx, version)
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			results = partial.Applied
		}
		for _, r := range results {
			names = append(names, path.Base(r.Source.Path))
		}
		if err == nil || !db.dialect.inUse(err) {
			return names, err
		}
		db.logger.LogAttrs(ctx, slog.LevelWarn, "migration.table_in_use", slog.Any("error", err))
		select {
		case <-Following(db.clock).Clock.After(busyPause):
		case <-ctx.Done():
			return names, ctx.Err()
		}
	}
}

// CheckSchema returns fault.Unavailable if the schema is not that of the
// migrations. The error names the missing ones and the command to run. It does not wait for
// a process that migrates.
func (db *DB) CheckSchema(ctx context.Context) error {
	provider, err := db.provider(ctx, false)
	if err != nil {
		return err
	}
	current, wanted, err := provider.GetVersions(ctx)
	if err != nil {
		return db.WrapErr("reading the version of the schema", err)
	}
	if current > wanted {
		return fault.New(fault.Unavailable, "schema_newer").With("Current", strconv.FormatInt(current, 10)).With("Wanted", strconv.FormatInt(wanted, 10))
	}
	if behind, err := provider.HasPending(ctx); err != nil || !behind {
		return db.WrapErr("reading the migrations of the schema", err)
	}
	all, err := provider.Status(ctx)
	if err != nil {
		return db.WrapErr("reading the migrations of the schema", err)
	}
	var pending []string
	for _, migration := range all {
		if migration.State == goose.StatePending {
			pending = append(pending, path.Base(migration.Source.Path))
		}
	}
	return fault.New(fault.Unavailable, "schema_not_current").With("Missing", strings.Join(pending, ", "))
}

// IsNewerSchema reports whether an error is that of CheckSchema for a schema that is newer
// than this program.
func IsNewerSchema(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Reason.Code == "schema_newer"
}

// provider returns the migrations, as they are for a database that is in use or not.
func (db *DB) provider(ctx context.Context, inUse bool, options ...goose.ProviderOption) (*goose.Provider, error) {
	options = append(options, goose.WithAllowOutofOrder(true))
	files := rendered{files: db.migrations, tokens: db.dialect.tokens(inUse), first: db.dialect.beforeMigration(inUse)}
	provider, err := goose.NewProvider(db.dialect.goose(), db.pools[purposeOf(ctx)].writes, files, options...)
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return provider, nil
}

// rendered is a file system in whose .sql files the tokens are replaced.
type rendered struct {
	files  fs.FS
	tokens *strings.Replacer
	first  string // statements with which each transaction begins
}

// Open opens a file, with its tokens replaced.
func (r rendered) Open(name string) (fs.File, error) {
	file, err := r.files.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return file, err
	}
	text, err := fs.ReadFile(r.files, name)
	if err != nil {
		return nil, err
	}
	statements := r.tokens.Replace(string(text))
	if !strings.Contains(statements, outsideTransaction) {
		statements = strings.Replace(statements, beginMark, beginMark+r.first, 1)
	}
	return renderedFile{File: file, text: strings.NewReader(statements)}, nil
}

type renderedFile struct {
	fs.File
	text io.Reader
}

// Read reads the rendered text.
func (f renderedFile) Read(p []byte) (int, error) { return f.text.Read(p) }
