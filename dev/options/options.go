// Package options holds the command line of the development service. It is a
// package of its own, and imports little, so that the first step of a start can answer
// --help and reject a wrong flag before it compiles everything else.
package options

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
)

// Options are the flags of the development service.
type Options struct {
	HTTP       string // address of the API, the webhooks and the pages
	Temporal   string // address of Temporal's gRPC API
	UI         string // address of the Temporal UI
	Shop       string // address of the sample shop
	Ops        string // address of /metrics, /healthz and /readyz
	Data       string // folder for the state; empty means one in the user's cache folder
	Demo       *bool  // whether to run the demonstration; nil means only if the data folder is new
	AdminToken string // of the operator; empty means the one that the data folder has, or a random one
}

// tokenVariable is the environment variable with the operator's token.
const tokenVariable = "RINGBACK_ADMIN_TOKEN"

// Parse returns the flags of this process. It ends the process after --help, and
// after an error that it has printed.
func Parse() Options {
	o, err := parse(os.Args[1:], os.Getenv(tokenVariable), os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(0)
	case err != nil:
		fmt.Fprintf(os.Stderr, "ringback-dev: error: %v; --help lists the flags\n", err)
		os.Exit(1)
	}
	return o
}

// parse returns the flags among the arguments. It writes the help to out, and then
// returns flag.ErrHelp.
func parse(args []string, token string, out io.Writer) (Options, error) {
	o := Options{AdminToken: token}
	flags := flag.NewFlagSet("ringback-dev", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // an error is printed once, by Parse
	o.define(flags)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		help(flags, out)
	case err == nil && flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %s", flags.Arg(0))
	}
	return o, err
}

func (o *Options) define(flags *flag.FlagSet) {
	for _, f := range []struct {
		value             *string
		name, unset, help string
	}{
		{&o.HTTP, "http", "127.0.0.1:8080", "`ADDRESS` of the API, the webhooks and the pages."},
		{&o.Temporal, "temporal", "127.0.0.1:7233", "`ADDRESS` of Temporal's gRPC API."},
		{&o.UI, "ui", "127.0.0.1:8233", "`ADDRESS` of the Temporal UI."},
		{&o.Shop, "shop", "127.0.0.1:8070", "`ADDRESS` of the sample shop, a web site with Ringback's script on it."},
		{&o.Ops, "ops", "127.0.0.1:0", "`ADDRESS` of /metrics, /healthz and /readyz. Port 0 means any free port, which is printed at the start."},
		{&o.Data, "data", "", "`FOLDER` for the state. Default: ringback-dev in the user's cache folder."},
	} {
		flags.StringVar(f.value, f.name, f.unset, f.help)
	}
	flags.Func("admin-token", "`TOKEN` of the operator, 24 characters or more. Default: the variable "+tokenVariable+
		", or a random token that is created at the first start and kept in the data folder.", func(value string) error {
		o.AdminToken = value
		return nil
	})
	flags.BoolFunc("demo", "Run the demonstration. Default: only if the data folder is new.", o.demonstrate(true))
	flags.BoolFunc("no-demo", "Do not run the demonstration.", o.demonstrate(false))
}

// demonstrate returns the function for a flag that stands for this choice, and for the
// opposite one with the value "false".
func (o *Options) demonstrate(chosen bool) func(value string) error {
	return func(value string) error {
		set, err := strconv.ParseBool(value)
		demo := set == chosen
		o.Demo = &demo
		return err
	}
}

// help writes the flags with two dashes, as the other commands of Ringback do.
func help(flags *flag.FlagSet, out io.Writer) {
	_, _ = fmt.Fprint(out, "Usage: ringback-dev [flags]\n\n"+
		"Ringback, with Temporal, a database and a demonstration, in one process.\n\nFlags:\n")
	flags.VisitAll(func(f *flag.Flag) {
		value, text := flag.UnquoteUsage(f)
		if value != "" {
			value = "=" + value
		}
		if f.DefValue != "" {
			text += " Default: " + f.DefValue + "."
		}
		_, _ = fmt.Fprintf(out, "  --%s%s\n        %s\n", f.Name, value, text)
	})
}
