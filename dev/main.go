// Command dev starts the development service, cmd/ringback-dev. Compiling that takes
// minutes the first time, because a Temporal server is part of it. This command is
// small, so that it can show the progress meanwhile. Then it becomes the service.
//
//	go -C dev run .
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"ringback/dev/launch"
	"ringback/dev/options"
)

func main() {
	options.Parse() // answers --help and rejects wrong flags before the build
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	info, err := os.Stderr.Stat()
	launcher := launch.Launcher{Out: os.Stderr, Terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
	err = launcher.Run(ctx, os.Args[1:])
	stop()
	if errors.Is(err, context.Canceled) {
		os.Exit(130)
	}
	fmt.Fprintf(os.Stderr, "ringback-dev: error: %v\n", err)
	os.Exit(1)
}
