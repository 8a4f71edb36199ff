//go:build !unix

package launch

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
)

// become runs the program as a child, which gets Ctrl-C itself, and ends this process
// with the child's exit status.
func become(path string, args []string) error {
	signal.Ignore(os.Interrupt)
	command := exec.Command(path, args...) //nolint:gosec,noctx // the program that was just compiled; it ends by itself
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := command.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return fmt.Errorf("running %s: %w", path, err)
	}
	os.Exit(command.ProcessState.ExitCode())
	return nil
}
