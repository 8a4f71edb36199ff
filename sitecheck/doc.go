// Package sitecheck checks one page of a site and reports, in terms that the site's
// owner understands, what prevents the site's script, forms and numbers from working
// there. It is pure: it gets the fetched page and the site's settings, and must not
// know how pages are fetched or settings stored. It checks the page as it is before
// any script runs.
package sitecheck
