// Package visits knows what a visit of a web site is: where a page view came
// from, when one visit ends and another begins, what kind of device it was, and
// whose visit a called number means. It is pure: the same input gives the same
// answer. It must not know of any I/O, neither of HTTP nor of the database.
package visits
