// Package sqlite stands in for github.com/glebarez/go-sqlite, which GORM's
// driver imports. That package and modernc.org/sqlite, which the embedded Temporal
// server imports, both register themselves as "sqlite", and a process with both
// panics. With this package both use modernc.org/sqlite, of which the other is a fork.
//
// It has only the names that its importers use. It must not register a driver.
package sqlite

import "modernc.org/sqlite"

// Error is an error of SQLite, with its code.
type Error = sqlite.Error
