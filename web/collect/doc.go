// Package collect answers the script on the sites' pages: it serves the script,
// and stores the page views, leads, visitor ids and withdrawals of consent that
// the script posts.
//
// These requests have no token. The key in the address identifies the site, the
// browser's Origin header must be one of the site's, and the rest is limited by
// rates. Answers hold nothing that the page does not have already. The package
// must not know the API, the webhooks or the pages for people.
package collect
