// Package cli is the command line of the binary: it parses the arguments, runs
// one command and turns its error into an exit status.
//
// It must not know how a call or a lead is handled: commands call the packages
// that do.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
	"github.com/jonboulle/clockwork"

	"ringback/explanation"
	"ringback/internal/app"
	"ringback/internal/fault"
	"ringback/models/database"
)

// The exit statuses in addition to 0 and to kong's own for a wrong command line.
const (
	exitFailed      = 1
	exitUnavailable = 69 // EX_UNAVAILABLE: the database or its schema is missing; a later start may succeed
)

// cli is the command line. Settings may stand before or after the command.
type cli struct {
	File       kong.ConfigFlag `name:"config" env:"RINGBACK_CONFIG" placeholder:"FILE" help:"Settings file in YAML. Its keys are the names of the flags, with _ in place of -. Environment variables and flags override it."`
	app.Config `embed:""`

	Serve      serveCommand      `cmd:"" help:"Run web and worker in one process."`
	Web        webCommand        `cmd:"" help:"Run the API, the webhooks and the pages."`
	Worker     workerCommand     `cmd:"" help:"Run the workflows and the deliveries."`
	Migrate    migrateCommand    `cmd:"" help:"Update the database schema, then exit."`
	Keys       keysCommand       `cmd:"" help:"Generate, rotate, apply and prune the keys that encrypt stored credentials."`
	Erase      eraseCommand      `cmd:"" help:"Count what is stored of a person, and erase it."`
	Health     healthCommand     `cmd:"" help:"Check whether the process on --ops-address is ready. For container health checks."`
	Requeue    requeueCommand    `cmd:"" help:"Start all calls, leads and resends again that are not done. For a database or a Temporal that was restored from a backup."`
	Retry      retryCommand      `cmd:"" help:"Try deliveries now that wait for their next attempt."`
	Rollout    rolloutCommand    `cmd:"" help:"Show the versions of the workers, and choose which one takes what is new. For workers with --worker-versioning."`
	Salesforce salesforceCommand `cmd:"" help:"Sign in to Salesforce for an integration."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

// streams are where a command writes.
type streams struct{ out, err io.Writer }

// Run parses the command line and runs the command. It writes the command's output
// to stdout and its error to stderr, and returns the exit status of the process.
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
		kong.BindTo(database.Following(clockwork.NewRealClock()), (*clockwork.Clock)(nil)),
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
		_, _ = fmt.Fprintf(std.err, "ringback: %s\n", explanation.Error(err))
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
