// Package reports defines what the reports count: which days a period has in a site's
// time zone, which period it is compared with, what each figure means and which date it
// goes by, and how one call, lead or decision counts.
//
// It is pure. It must not know of the database, of HTTP, or of how figures are stored.
package reports
