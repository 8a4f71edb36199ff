package launch

import (
	"fmt"
	"strings"
)

// progress counts what "go build -v" reports.
type progress struct {
	total      int // packages of the program, zero if they are not counted yet
	compiled   int
	downloaded int // modules
	linking    bool
	messages   []string // all other lines, for example the errors
}

// add counts one line of the output of "go build -v": the path of a package that is
// being compiled, a module that is being downloaded, or a message.
func (p *progress) add(line string) {
	switch {
	case strings.HasPrefix(line, "go: downloading "):
		p.downloaded++
	case line == "" || strings.ContainsAny(line, " \t:"):
		p.messages = append(p.messages, line)
	default:
		p.compiled++
		p.linking = line == program
	}
}

// String returns the progress as one line for people.
func (p *progress) String() string {
	switch {
	case p.linking:
		return fmt.Sprintf("compiled %s packages, linking the program", thousands(p.compiled))
	case p.compiled > 0 && p.total >= p.compiled:
		return fmt.Sprintf("compiled %s of at most %s packages", thousands(p.compiled), thousands(p.total))
	case p.compiled > 0:
		return fmt.Sprintf("compiled %s packages", thousands(p.compiled))
	case p.downloaded > 0:
		return fmt.Sprintf("downloaded %s modules", thousands(p.downloaded))
	default:
		return "comparing the sources with the cache, or linking"
	}
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
