// Package harness starts the things that black-box tests and benchmarks need:
// the built binaries as processes that can be killed, PostgreSQL clusters that
// can be stopped, a destination that misbehaves on request, and a small client
// of the HTTP API. It must not import the service's packages: what it knows,
// any user could know.
package harness
