// Package temporalite runs a whole Temporal server, with its UI, inside this
// process, on one SQLite file. With it, a first run needs nothing but Go, and
// tests have their own engine.
//
// It must not know of calls, leads or deliveries. Production uses a Temporal cluster
// on PostgreSQL instead.
package temporalite

import (
	"cmp"
	"log/slog"
	"time"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/headers"
)

// Options are the addresses of the server and the place of its state.
// The zero value is an in-memory server on a free port, without UI.
type Options struct {
	FrontendAddress string        // host:port of the gRPC API; a free port on 127.0.0.1 if the port is 0 or the address empty
	UIAddress       string        // host:port of the UI; a free port if the port is 0, no UI if it is empty
	PublicPath      string        // path under which a proxy serves the UI: "/temporal"; empty means the root
	DataFile        string        // SQLite file, see DataFileName; empty means in memory until Stop
	Store           Store         // databases in place of a data file; zero means SQLite
	Namespace       string        // created on the first start; "default" if empty
	Retention       time.Duration // how long finished workflows are kept; 7 days if 0; fixed when the namespace is created
	Shards          int           // history shards; 4 if 0; fixed by the first start of a data file
	Logger          *slog.Logger  // for warnings and errors; nil discards them
}

// Store are the databases of a server that keeps its state elsewhere than in SQLite: of the
// histories, and of what is listed. They have their schemas.
type Store struct{ Main, Visibility *config.SQL }

// DataFileName returns the name for a data file. It includes the server's version,
// because the server does not migrate SQLite schemas: another version needs a new file.
func DataFileName() string { return "temporal-" + headers.ServerVersion + ".db" }

func (o Options) withDefaults() Options {
	o.FrontendAddress = cmp.Or(o.FrontendAddress, "127.0.0.1:0")
	o.Namespace = cmp.Or(o.Namespace, "default")
	o.Retention = cmp.Or(o.Retention, 7*24*time.Hour)
	o.Shards = cmp.Or(o.Shards, 4)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
