// Package cli is the command line of the binary: it parses the arguments, runs
// one command and turns its error into an exit status. It must not know how a
// call or a lead is handled: commands wire up packages that do.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
	"github.com/jonboulle/clockwork"

	"ringback/internal/app"
	"ringback/internal/fault"
)

// The exit statuses, beside 0 and kong's own for a wrong command line.
const (
	exitFailed      = 1
	exitUnavailable = 69 // EX_UNAVAILABLE: the database or its schema is not there; starting again later may help
)

// cli is the command line. Settings may stand before or after the command.
type cli struct {
	File       kong.ConfigFlag `name:"config" env:"RINGBACK_CONFIG" placeholder:"FILE" help:"YAML file with settings: the flags' names, with _ for -. Variables and flags win over it."`
	app.Config `embed:""`

	Serve   serveCommand   `cmd:"" help:"Run web and worker in one process."`
	Web     webCommand     `cmd:"" help:"Run the API, the webhooks and the pages."`
	Worker  workerCommand  `cmd:"" help:"Run the workflows and the deliveries."`
	Migrate migrateCommand `cmd:"" help:"Bring the database's schema up to date, then end."`
	Keys    keysCommand    `cmd:"" help:"Make, rotate, apply and prune the keys that credentials are encrypted with."`
	Health  healthCommand  `cmd:"" help:"Ask a running process on --ops-address whether it is ready: for container health checks."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// streams are where a command writes.
type streams struct{ out, err io.Writer }

// Run parses the command line, runs the command, writes what it answers to stdout
// and its error to stderr, and returns the exit status of the process.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return exitStatus(run(ctx, args, streams{stdout, stderr}))
}

// run parses the command line, runs the command, and prints its error.
func run(ctx context.Context, args []string, std streams) error {
	var line cli
	parser, err := kong.New(&line,
		kong.Name("ringback"),
		kong.Description("Turns phone calls and form leads into conversion events for ad platforms."),
		kong.Configuration(app.SettingsFile),
		kong.Writers(std.out, std.err),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.BindTo(clockwork.NewRealClock(), (*clockwork.Clock)(nil)),
		kong.Bind(std),
	)
	if err != nil {
		return fmt.Errorf("describing the command line: %w", err)
	}
	command, err := parser.Parse(args)
	if err == nil {
		err = command.Run(line.Config)
	}
	if err != nil {
		_, _ = fmt.Fprintf(std.err, "ringback: %v\n", err)
	}
	return err
}

func exitStatus(err error) int {
	var parse *kong.ParseError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &parse):
		return parse.ExitCode()
	case fault.CodeOf(err) == fault.Unavailable:
		return exitUnavailable
	default:
		return exitFailed
	}
}
