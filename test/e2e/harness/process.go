package harness

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Ready is the machine-readable line that a command prints when it is ready.
type Ready struct {
	Event      string `json:"event"`
	HTTP       string `json:"http"`
	Ops        string `json:"ops"`
	Temporal   string `json:"temporal"`
	UI         string `json:"ui"`
	Data       string `json:"data"`
	AdminToken string `json:"admin_token"`
}

// Process is a command under test.
type Process struct {
	t      testing.TB
	name   string
	cmd    *exec.Cmd
	log    *os.File
	ready  chan Ready
	exited chan struct{}
	err    error // the result of Wait; read after exited is closed
}

// Start starts a command with these additional environment variables ("K=V").
// Its output goes to a file in the test's folder and is shown if the test fails.
func Start(t testing.TB, name, path string, env []string, args ...string) *Process {
	t.Helper()
	log, err := os.CreateTemp(t.TempDir(), name+"-*.log")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &Process{t: t, name: name, cmd: cmd, log: log, ready: make(chan Ready, 1), exited: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", name, err)
	}
	go p.watch(stdout)
	t.Cleanup(p.cleanup)
	return p
}

// watch copies the output to the log, finds the ready line, and reaps the process.
func (p *Process) watch(stdout io.Reader) {
	lines := bufio.NewScanner(io.TeeReader(stdout, p.log))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r Ready
		if strings.HasPrefix(lines.Text(), "{") && json.Unmarshal(lines.Bytes(), &r) == nil && r.Event == "ready" {
			select {
			case p.ready <- r:
			default:
			}
		}
	}
	p.err = p.cmd.Wait()
	close(p.exited)
}

// WaitReady waits for the ready line.
func (p *Process) WaitReady(within time.Duration) Ready {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	select {
	case r := <-p.ready:
		return r
	case <-p.exited:
		p.t.Fatalf("%s ended before it was ready: %v\n%s", p.name, p.err, p.Log())
	case <-ctx.Done():
		p.t.Fatalf("%s was not ready within %v\n%s", p.name, within, p.Log())
	}
	return Ready{}
}

// PID returns the id of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Kill ends the process with SIGKILL, like a power cut, and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}

// Stop ends the process with SIGTERM, as an operator would, and returns its error.
func (p *Process) Stop(within time.Duration) error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	return p.Wait(within)
}

// Wait waits until the process ends by itself and returns its error.
func (p *Process) Wait(within time.Duration) error {
	select {
	case <-p.exited:
		return p.err
	case <-time.After(within):
		return fmt.Errorf("%s did not end within %v", p.name, within)
	}
}

// Exited is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Log returns what the process has printed so far.
func (p *Process) Log() string {
	b, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func (p *Process) cleanup() {
	select {
	case <-p.exited:
	default:
		p.Kill()
	}
	if p.t.Failed() {
		p.t.Logf("the last output of %s:\n%s", p.name, tail(p.Log(), 6000))
	}
	if err := p.log.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		p.t.Logf("closing the log of %s: %v", p.name, err)
	}
}

func tail(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return "..." + s[len(s)-n:]
}
