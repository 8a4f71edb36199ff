// Command dev runs Ringback with everything it needs in one process: an embedded
// Temporal server with its UI, a SQLite database, API, intake and worker. It is
// for trying Ringback out and for developing it; its state survives restarts.
//
//	go -C dev run .
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// command is the command line.
type command struct {
	HTTP       string `name:"http" default:"127.0.0.1:8080" help:"Address of the API, the webhooks and the pages."`
	Temporal   string `default:"127.0.0.1:7233" help:"Address of Temporal's gRPC API."`
	UI         string `name:"ui" default:"127.0.0.1:8233" help:"Address of the Temporal UI."`
	Shop       string `name:"shop" default:"127.0.0.1:8070" help:"Address of the sample shop, a web site with Ringback's script on it."`
	Ops        string `default:"127.0.0.1:0" help:"Address of /metrics, /healthz and /readyz. Port 0: any that is free, as the start says."`
	Data       string `type:"path" help:"Folder for the state. Default: ringback-dev in the user's cache folder."`
	Demo       *bool  `negatable:"" help:"Play a call and a lead through. Default: on a new data folder."`
	AdminToken string `env:"RINGBACK_ADMIN_TOKEN" help:"Token of the operator, 24 characters or more. Default: one made at the first start and kept in the data folder."`
}

// Run runs until Ctrl-C. A second Ctrl-C ends the process at once.
func (c *command) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, *c, os.Stdout)
}

func main() {
	cli := kong.Parse(&command{}, kong.Name("dev"),
		kong.Description("Ringback, with Temporal, a database and a demonstration, in one process."))
	cli.FatalIfErrorf(cli.Run())
}
