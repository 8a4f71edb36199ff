// Package sitecheck looks at one page of a site and says what stands in the way
// of the site's script, forms and numbers there, in words that the site's owner
// understands. It is pure: it is given the page as it was fetched and what the
// site has set, and must not know how pages are fetched or settings stored. It
// reads the page as it is before any script runs.
package sitecheck
