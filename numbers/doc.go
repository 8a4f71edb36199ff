// Package numbers decides which tracking numbers a visit is shown, for how long a
// session keeps a number of a pool, and to which session of a number a call
// belongs. It is pure: the same input has the same result. It must not know of
// the database or of HTTP; package models stores what it decides.
package numbers
