package harness

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Memory returns how many bytes of memory a process has in use, without its children.
func Memory(t testing.TB, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatalf("reading the memory of process %d: %v", pid, err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	var kilobytes int
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		t.Fatalf("reading the memory of process %d: %v", pid, err)
	}
	return kilobytes << 10
}
