// Package telemetry provides what an operator monitors: metrics for Prometheus,
// traces by OpenTelemetry, logs by log/slog.
//
// Nothing in it may carry personal data or a secret: labels are kinds, reasons,
// types and ids. It must not know of the database, of Temporal or of the web; it
// reads the backlog through a function that it is given.
package telemetry
