// Command temporal-server runs the embedded Temporal server alone, for tests and
// benchmarks that need a server outside their process, which they can kill and start
// again. It prints one line of JSON when it is ready.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"

	"ringback/dev/temporalite"
	"ringback/dev/temporalpostgres"
)

type command struct {
	Temporal string `help:"Address of the gRPC API; port 0 picks a free one." default:"127.0.0.1:7233"`
	UI       string `help:"Address of the UI; no UI if empty." name:"ui"`
	Data     string `help:"Folder for the state; in memory if empty." type:"path"`
	Store    string `help:"DSN of a PostgreSQL database for the state, in place of a folder. It is created if there is none."`
}

// Run serves until SIGINT or SIGTERM.
func (c *command) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	options := temporalite.Options{
		FrontendAddress: c.Temporal,
		UIAddress:       c.UI,
		Logger:          slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
	if c.Store != "" {
		store, err := temporalpostgres.Prepare(c.Store)
		if err != nil {
			return err
		}
		options.Store = store
	} else if c.Data != "" {
		options.DataFile = filepath.Join(c.Data, temporalite.DataFileName())
	}
	server, err := temporalite.Start(ctx, options)
	if err != nil {
		return err
	}
	err = json.NewEncoder(os.Stdout).Encode(map[string]string{
		"event": "ready", "temporal": server.FrontendAddress(), "ui": server.UIURL(),
	})
	if err != nil {
		return err
	}
	<-ctx.Done()
	return server.Stop()
}

func main() {
	cli := kong.Parse(&command{}, kong.Name("temporal-server"), kong.Description("Runs a Temporal server and its UI in one process."))
	cli.FatalIfErrorf(cli.Run())
}
