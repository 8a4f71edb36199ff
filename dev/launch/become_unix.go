//go:build unix

package launch

import (
	"fmt"
	"os"
	"syscall"
)

// become replaces this process by the program. So signals, standard input and output,
// and the exit status are those of the program.
func become(path string, args []string) error {
	err := syscall.Exec(path, append([]string{path}, args...), os.Environ()) //nolint:gosec // the program that was just compiled
	return fmt.Errorf("running %s: %w", path, err)
}
