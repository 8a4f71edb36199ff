// Package e2e holds the black-box tests: the real binary, a real Temporal, real
// databases, and a destination that misbehaves. It knows Ringback from outside
// only: its command line, its HTTP API, and what reaches the destination. It
// must not import the service's packages.
package e2e
