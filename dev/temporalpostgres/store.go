// Package temporalpostgres makes the databases of an embedded Temporal server on
// PostgreSQL, the store that production has. Benchmarks compare it with SQLite. It is no
// part of package temporalite, so that the development service compiles no driver that it
// does not use.
//
// It must not know of calls, leads or deliveries.
package temporalpostgres

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/schema"
	v12 "go.temporal.io/server/schema/postgresql/v12"

	"ringback/dev/temporalite"
)

// connections is how many connections the server opens at most to each database.
const connections = 20

// Prepare creates the two databases of a server, with their schemas, on the PostgreSQL
// server of a DSN such as postgres://user@host:5432/temporal?sslmode=disable. Their names
// are that of the DSN, and the same with _visibility. A database that has tables is left as
// it is.
func Prepare(dsn string) (temporalite.Store, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") == "" {
		return temporalite.Store{}, errors.New("the store must be a DSN with a database: postgres://user@host:5432/temporal?sslmode=disable")
	}
	name := strings.Trim(u.Path, "/")
	store := temporalite.Store{Main: settings(u, name), Visibility: settings(u, name+"_visibility")}
	if err := prepare(store.Main, sqlplugin.DbKindMain, "temporal", v12.Version); err != nil {
		return store, err
	}
	return store, prepare(store.Visibility, sqlplugin.DbKindVisibility, "visibility", v12.VisibilityVersion)
}

// settings returns the settings of a database.
func settings(u *url.URL, name string) *config.SQL {
	password, _ := u.User.Password()
	attributes := map[string]string{}
	for key, values := range u.Query() {
		attributes[key] = values[0]
	}
	host, port := u.Hostname(), u.Port()
	if port == "" {
		port = "5432"
	}
	return &config.SQL{
		PluginName: postgresql.PluginNamePGX, DatabaseName: name, User: u.User.Username(), Password: password,
		ConnectAddr: net.JoinHostPort(host, port), ConnectProtocol: "tcp", ConnectAttributes: attributes,
		MaxConns: connections, MaxIdleConns: connections,
	}
}

// prepare creates a database with the schema of a folder.
func prepare(of *config.SQL, kind sqlplugin.DbKind, folder, version string) error {
	if err := create(of); err != nil {
		return err
	}
	db, err := open(of, kind)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	tables, err := db.ListTables(of.DatabaseName)
	if err != nil || len(tables) > 0 {
		return wrap(of, err)
	}
	file, err := schema.Assets().Open("postgresql/v12/" + folder + "/schema.sql")
	if err != nil {
		return wrap(of, err)
	}
	defer func() { _ = file.Close() }()
	statements, err := persistence.LoadAndSplitQueryFromReaders([]io.Reader{file})
	if err != nil {
		return wrap(of, err)
	}
	for _, statement := range statements {
		if err := db.Exec(statement); err != nil {
			return wrap(of, err)
		}
	}
	return wrap(of, errors.Join(db.CreateSchemaVersionTables(), db.UpdateSchemaVersion(of.DatabaseName, version, version)))
}

// create creates a database unless it exists.
func create(of *config.SQL) error {
	server := *of
	server.DatabaseName = "" // one that every server has
	db, err := open(&server, sqlplugin.DbKindUnknown)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return wrap(of, db.CreateDatabase(of.DatabaseName))
}

func open(of *config.SQL, kind sqlplugin.DbKind) (sqlplugin.AdminDB, error) {
	db, err := sql.NewSQLAdminDB(kind, of, resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
	return db, wrap(of, err)
}

func wrap(of *config.SQL, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("preparing the Temporal database %s: %w", of.DatabaseName, err)
}
