package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tick is the unit in which Linux counts the processor time of processes.
const tick = time.Second / 100

// CPU returns the processor time that a process and its children have used so far.
func CPU(t testing.TB, pid int) time.Duration {
	t.Helper()
	own, err := statOf(pid)
	if err != nil {
		t.Fatalf("reading the processor time of process %d: %v", pid, err)
	}
	ticks := own.ticks + own.ended
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range all {
		child, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		if s, err := statOf(child); err == nil && s.parent == pid { // it may have ended meanwhile
			ticks += s.ticks
		}
	}
	return time.Duration(ticks) * tick
}

// stat is what /proc has about a process.
type stat struct {
	parent int
	ticks  int // of its own
	ended  int // of its children that have ended
}

func statOf(pid int) (s stat, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, err
	}
	// The name of the program, in parentheses, may have spaces.
	fields := strings.Fields(string(text)[strings.LastIndexByte(string(text), ')')+1:])
	if len(fields) < 15 {
		return s, fmt.Errorf("%d fields", len(fields))
	}
	number := func(n int) int {
		value, wrong := strconv.Atoi(fields[n])
		if wrong != nil {
			err = wrong
		}
		return value
	}
	s = stat{parent: number(1), ticks: number(11) + number(12), ended: number(13) + number(14)}
	return s, err
}
