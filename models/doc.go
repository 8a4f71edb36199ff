// Package models is what Ringback stores: accounts and their settings, the events
// that were accepted, the conversions that they make, what was decided, and every
// attempt to deliver it. GORM and SQL are used here and in package database alone.
//
// It must not know of Temporal, Echo or any one destination, and it decides nothing:
// the rules are in packages conversion, visits, numbers and identity. It reads what
// they need, and stores the result in the same transaction. Every query that answers
// a person is limited to an account (G9).
package models
