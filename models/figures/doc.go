// Package figures stores what the reports are made of, and sums it up. Every change of
// a call, a lead or a delivery marks its conversion in the same transaction (Mark). A
// background job (Work) takes the marks, writes one fact for each conversion and each
// decision by the local day of the site, and notes that the day's sums are older than
// its facts. It then adds up the days that are over again. Readers use the sums of months
// and days, and the facts of today and of days whose sums are old, so that they return
// the same as a sum over all facts.
//
// Facts belong to a series. A site has one series that answers. After a change of its
// time zone or rules, Work builds another one beside it, which takes its place when it is
// complete.
//
// Facts hold no person, number of a caller, name or address. When a visitor is forgotten,
// the facts of the visitor's calls and leads lose what they know of the visit.
//
// It must not know of HTTP, Temporal or credit. Every query that answers a person is
// limited to an account (G9).
package figures
