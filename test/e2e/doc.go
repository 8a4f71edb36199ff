// Package e2e holds the black-box tests with the real binary, a real Temporal, real
// databases and a destination that misbehaves. They use only the command line, the
// HTTP API and the requests that reach the destination. The package must not import
// the service's packages.
package e2e
