// Package bench measures Ringback against the bare engine: the real binary, a
// Temporal of its own, PostgreSQL or SQLite, and a destination on loopback, all
// on one machine. It prints a table of ratios within one run. A benchmark never fails because
// of a figure, because a figure depends on what else the machine does.
//
//	go test ./test/bench -run '^$' -bench . -benchtime 1x -timeout 30m
//
// Like package e2e it uses Ringback from outside only, and must not import its packages. The
// reports are measured on a database that is filled by SQL.
package bench
