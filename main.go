// Command ringback turns phone calls and form leads into conversion events for
// ad platforms and CRMs. 'ringback serve' runs everything in one process;
// 'ringback web' and 'ringback worker' run in separate ones. Logs go to standard
// error, and the results of commands to standard output. The commands are in
// package cli.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"ringback/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the process at once
	}()
	os.Exit(cli.Run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
