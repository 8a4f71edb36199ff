// Package statements counts the SQL statements between a program and PostgreSQL. It is a
// proxy on loopback that reads what passes through it and changes nothing. It is for tests
// and benchmarks.
package statements
