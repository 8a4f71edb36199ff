// Package options holds the command line of the development service. It is a
// package of its own, and small, so that the first step of a start can answer --help
// and reject a wrong flag before it compiles everything else.
package options

import "github.com/alecthomas/kong"

// Options are the flags of the development service.
type Options struct {
	HTTP       string `name:"http" default:"127.0.0.1:8080" help:"Address of the API, the webhooks and the pages."`
	Temporal   string `default:"127.0.0.1:7233" help:"Address of Temporal's gRPC API."`
	UI         string `name:"ui" default:"127.0.0.1:8233" help:"Address of the Temporal UI."`
	Shop       string `name:"shop" default:"127.0.0.1:8070" help:"Address of the sample shop, a web site with Ringback's script on it."`
	Ops        string `default:"127.0.0.1:0" help:"Address of /metrics, /healthz and /readyz. Port 0 means any free port, which is printed at the start."`
	Data       string `type:"path" help:"Folder for the state. Default: ringback-dev in the user's cache folder."`
	Demo       *bool  `negatable:"" help:"Run the demonstration. Default: only if the data folder is new."`
	AdminToken string `env:"RINGBACK_ADMIN_TOKEN" help:"Token of the operator, 24 characters or more. Default: a random one, created at the first start and kept in the data folder."`
}

// Parse returns the flags of this process. It ends the process after --help, and
// after an error that it has printed.
func Parse() Options {
	var o Options
	kong.Parse(&o, kong.Name("ringback-dev"),
		kong.Description("Ringback, with Temporal, a database and a demonstration, in one process."))
	return o
}
