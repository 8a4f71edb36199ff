// Package database is the kernel below everything that is stored: connections,
// transactions, paging, migrations, the translation of errors, and the
// encryption of credentials, on PostgreSQL and on SQLite.
//
// It must not know what is stored: tables, their rows and their migrations
// belong to package models and to the packages that may join it. What differs
// between the two databases is here alone.
package database
