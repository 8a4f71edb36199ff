// Package collect answers the script on the sites' pages: it serves the script,
// and stores the page views, leads, visitor ids and withdrawals of consent that
// the script posts.
//
// Nobody has a token here. The key in the address names the site, the origin that
// the browser sends says whose page it is, and limits bound the rest. Answers hold
// nothing that the page does not know already. The package must not know the API,
// the webhooks or the pages for people.
package collect
