// Package telemetry is what an operator sees of Ringback from the outside:
// metrics for Prometheus, traces by OpenTelemetry, logs by log/slog.
//
// Nothing in it may carry personal data or a secret: labels are kinds, reasons,
// types and ids. It must not know of the database, of Temporal or of the web;
// what it reads from them comes through a function that the service hands over.
package telemetry
