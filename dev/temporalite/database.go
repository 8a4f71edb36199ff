package temporalite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"
)

// pragmas are the settings of every connection. With a write-ahead log,
// synchronous=normal loses nothing when the process is killed; the last
// commits may be lost when the machine loses power, which is acceptable here.
var pragmas = map[string]string{
	"journal_mode": "wal",
	"synchronous":  "normal",
	"busy_timeout": "10000", // milliseconds
}

// database returns the settings of the SQLite database. It is in memory if file is empty.
func database(file string) *config.SQL {
	if file == "" {
		return &config.SQL{
			PluginName:        sqliteplugin.PluginName,
			DatabaseName:      "temporal-" + uuid.NewString(),
			ConnectAttributes: map[string]string{"mode": "memory", "cache": "shared"},
		}
	}
	attributes := map[string]string{"mode": "rwc"}
	for name, value := range pragmas {
		attributes[name] = value
	}
	return &config.SQL{PluginName: sqliteplugin.PluginName, DatabaseName: file, ConnectAttributes: attributes}
}

// lockDataFile ensures that only one server uses a data file: two would take the
// shards from each other for ever. The lock ends with the process.
func lockDataFile(file string) (*flock.Flock, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the Temporal data file: %w", err)
	}
	lock := flock.New(file + ".lock")
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking the Temporal data file %s: %w", file, err)
	}
	if !locked {
		return nil, fmt.Errorf("the Temporal data file %s is used by another process: stop it, or choose another place with --data", file)
	}
	return lock, nil
}

// prepareFile creates the schema in a new data file in one transaction, so that a
// process that is killed on its first start leaves a usable file.
func prepareFile(ctx context.Context, file string) (err error) {
	query := url.Values{}
	for name, value := range pragmas {
		query.Add("_pragma", name+"="+value)
	}
	db, err := sql.Open("sqlite", "file:"+file+"?"+query.Encode())
	if err != nil {
		return fmt.Errorf("opening the Temporal data file: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("opening the Temporal data file %s: %w", file, err)
	}
	defer func() { _ = tx.Rollback() }() // no effect after the commit
	var tables int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		return fmt.Errorf("reading the Temporal data file %s: %w", file, err)
	}
	if tables > 0 {
		return nil
	}
	if err := sqlite.SetupSchemaOnDB(schemaWriter{ctx: ctx, tx: tx}); err != nil {
		return fmt.Errorf("making the Temporal schema: %w", err)
	}
	return tx.Commit()
}

// schemaWriter runs the statements of the schema in one transaction. The schema uses
// only Exec of the interface.
type schemaWriter struct {
	sqlplugin.AdminDB
	ctx context.Context // the interface passes none
	tx  *sql.Tx
}

func (w schemaWriter) Exec(statement string, args ...any) error {
	_, err := w.tx.ExecContext(w.ctx, statement, args...)
	return err
}

// createNamespace creates the namespace if it does not exist.
func createNamespace(db *config.SQL, name string, retention time.Duration) error {
	namespace, err := sqlite.NewNamespaceConfig(clusterName, name, false, nil)
	if err != nil {
		return fmt.Errorf("describing namespace %s: %w", name, err)
	}
	namespace.Detail.Config.Retention = durationpb.New(retention)
	if err := sqlite.CreateNamespaces(db, namespace); err != nil {
		return fmt.Errorf("making namespace %s: %w", name, err)
	}
	return nil
}
