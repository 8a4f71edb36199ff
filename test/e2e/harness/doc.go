// Package harness starts what black-box tests and benchmarks need: the built binaries
// as processes that can be killed, PostgreSQL clusters that can be stopped, a
// destination that misbehaves on request, and a small client of the HTTP API. It must
// not import the service's packages, so that it knows only what users know.
package harness
