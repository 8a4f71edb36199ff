// Command ringback-dev runs Ringback with everything it needs in one process: an
// embedded Temporal server with its UI, a SQLite database, API, intake and worker.
// It is for trying Ringback out and for developing it. Its state survives restarts.
//
// "go -C dev run ." compiles and runs it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"ringback/dev/options"
)

func main() {
	if err := runUntilSignal(options.Parse()); err != nil {
		fmt.Fprintf(os.Stderr, "ringback-dev: error: %v\n", err)
		os.Exit(1)
	}
}

// runUntilSignal runs until Ctrl-C. A second Ctrl-C ends the process at once.
func runUntilSignal(o options.Options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, o, os.Stdout)
}
