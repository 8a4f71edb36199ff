// Package models holds what Ringback remembers: accounts and their settings,
// the events that were accepted, the conversions they make, what was decided,
// and every attempt to deliver it. GORM and SQL live here alone.
//
// It must not know of Temporal, Echo or any one destination, and it decides
// nothing: rules are in package conversion. Every query that answers a person
// is scoped by account (guarantee 9). What differs between PostgreSQL and
// SQLite is in dialect.go.
package models
