// Package sqlite stands in for github.com/glebarez/go-sqlite, which GORM's
// driver imports. Both that and modernc.org/sqlite, which the embedded Temporal
// server imports, register themselves as "sqlite", and a process that holds both
// ends at once. Here both use modernc's, of which the other is a fork.
//
// It returns what its importers use, and must not register anything.
package sqlite

import "modernc.org/sqlite"

// Error is an error of SQLite, with its code.
type Error = sqlite.Error
