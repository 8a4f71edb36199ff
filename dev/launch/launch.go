// Package launch compiles the development service, shows the progress, and then
// replaces this process by it. It imports little, because it has to be compiled
// itself before a person sees anything.
package launch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// program is the import path of the development service.
const program = "ringback/dev/cmd/ringback-dev"

const (
	quiet        = 2 * time.Second // a build that takes less needs no words
	terminalStep = 500 * time.Millisecond
	logStep      = 15 * time.Second // between two lines if the output is no terminal
)

// ErrBuild is the error of a build that failed. What go printed is shown already.
var ErrBuild = errors.New("the development service could not be compiled")

// Launcher compiles the service and becomes it.
type Launcher struct {
	Out      io.Writer // for the progress and for errors of the build
	Terminal bool      // whether Out is a terminal, on which a line can be overwritten

	goCommand string        // "go" if empty
	after     time.Duration // quiet if zero
	every     time.Duration // terminalStep or logStep if zero
}

// Run compiles the service and runs it with these arguments. On Unix it returns only
// an error. Elsewhere it ends the process with the exit status of the service.
func (l Launcher) Run(ctx context.Context, args []string) error {
	path, err := binaryPath()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("creating the folder for the compiled service: %w", err)
	}
	if err := l.build(ctx, path); err != nil {
		return err
	}
	return become(path, args)
}

// binaryPath returns the file for the compiled service. Each copy of the repository
// has its own.
func binaryPath() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache folder: %w", err)
	}
	here, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the current folder: %w", err)
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(here)) // never fails
	name := "ringback-dev"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(cache, "ringback-dev-build", fmt.Sprintf("%x", sum.Sum64()), name), nil
}

// build compiles the service to path. It prints nothing if little has to be compiled.
func (l Launcher) build(ctx context.Context, path string) error {
	// Without symbols for debuggers the program is linked in half the time.
	command := exec.CommandContext(ctx, l.goTool(), "build", "-v", "-ldflags=-s -w", "-o", path, program) //nolint:gosec // go itself
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	output, err := command.StderrPipe()
	if err != nil {
		return fmt.Errorf("preparing the build: %w", err)
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("starting the build: %w", err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(output)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
		_, _ = io.Copy(io.Discard, output) // after a line that is too long
	}()
	messages := l.show(ctx, lines)
	err = command.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		_, _ = fmt.Fprintln(l.Out, strings.Join(messages, "\n"))
		return fmt.Errorf("%w: %w", ErrBuild, err)
	}
	return nil
}

// show prints the progress until there are no more lines. It returns the messages
// among them.
func (l Launcher) show(ctx context.Context, lines <-chan string) []string {
	var p progress
	began := time.Now()
	timer := time.NewTimer(orDefault(l.after, quiet))
	defer timer.Stop()
	total := make(chan int, 1)
	shown := false
	for {
		select {
		case line, more := <-lines:
			if !more {
				if shown {
					l.print(&p, began)
					_, _ = fmt.Fprintln(l.Out)
				}
				return p.messages
			}
			p.add(line)
		case p.total = <-total:
		case <-timer.C:
			if !shown {
				shown = true
				_, _ = fmt.Fprintln(l.Out, "Compiling Ringback together with a Temporal server. This takes 5 to 10 minutes the first time\n"+
					"(on two cores, with the downloads) and seconds afterwards.")
				go func() { total <- l.countPackages(ctx) }()
			}
			l.print(&p, began)
			timer.Reset(l.interval())
		}
	}
}

// print prints the progress. On a terminal it overwrites the line before.
func (l Launcher) print(p *progress, began time.Time) {
	text := fmt.Sprintf("  %s, %s", p, time.Since(began).Round(time.Second))
	if l.Terminal {
		_, _ = fmt.Fprintf(l.Out, "\r\x1b[K%s", text)
		return
	}
	_, _ = fmt.Fprintln(l.Out, text)
}

func (l Launcher) interval() time.Duration {
	if l.Terminal {
		return orDefault(l.every, terminalStep)
	}
	return orDefault(l.every, logStep)
}

// countPackages returns how many packages the program consists of, or zero if that
// cannot be found out.
func (l Launcher) countPackages(ctx context.Context) int {
	list, err := exec.CommandContext(ctx, l.goTool(), "list", "-deps", program).Output() //nolint:gosec // go itself
	if err != nil {
		return 0
	}
	return strings.Count(string(list), "\n")
}

func (l Launcher) goTool() string {
	if l.goCommand == "" {
		return "go"
	}
	return l.goCommand
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}
