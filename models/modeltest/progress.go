package modeltest

import "time"

// Progress counts what was erased because of its age, by kind, as erasing.Progress.
type Progress struct {
	Rows map[string]int
	Lag  map[string]time.Duration
}

// NewProgress returns a progress that has counted nothing.
func NewProgress() Progress { return Progress{Rows: map[string]int{}, Lag: map[string]time.Duration{}} }

// Expired implements erasing.Progress.
func (p Progress) Expired(what string, rows int) { p.Rows[what] += rows }

// ExpiryLag implements erasing.Progress.
func (p Progress) ExpiryLag(what string, lag time.Duration) { p.Lag[what] = lag }
