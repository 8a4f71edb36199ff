// Package visits holds the rules for visits of a web site: where a page view came
// from, when one visit ends and another begins, what kind of device it was, and
// which visit a called number leads to. It is pure: the same input always has the
// same result. It must not know of any I/O, neither HTTP nor the database.
package visits
