// Package bench measures Ringback against the bare engine: the real binary, a
// Temporal of its own, PostgreSQL or SQLite, and a destination on loopback, all
// on one machine. It prints a table of ratios taken within one run (design
// section 7); it fails nothing, for a busy machine is not a broken one.
//
//	go test ./bench -run '^$' -bench . -benchtime 1x -timeout 30m
//
// Like package e2e it knows Ringback from outside only.
package bench
