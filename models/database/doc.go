// Package database is the kernel of the store: connections, transactions, paging,
// migrations, the translation of errors, and the encryption of credentials, on
// PostgreSQL and on SQLite. All differences between the two databases are in here.
//
// It must not know what is stored: tables, rows and migrations belong to package
// models.
package database
