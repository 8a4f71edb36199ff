// Package touchpoints decides what the visits, forms and calls of a person amount
// to, with the meanings that Marketo Measure gave the words
// (docs/facts/marketo-measure.md#touchpoints): which call is merged with which web
// session (M4), which touchpoints there are (M3, M5, M6, M7), and which positions
// they have in the journey of a person or an opportunity (M8). Everything that it
// decides has its reason as data; package explanation writes the sentences.
//
// It is pure: the same input has the same result, in whatever order it came. It
// must not know of the database, HTTP, the clock, or of Salesforce's API.
package touchpoints
