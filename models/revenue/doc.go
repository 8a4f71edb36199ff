// Package revenue stores what the report on channels and revenue is made of, and sums it
// up, as well as what became of calls. Touchpoints, credit and calls are those of package
// journeys; this package adds when leads were added, and when opportunities were opened and
// closed. Package journeys stores these with StoreLeads, StoreDeal and EraseDeals, and names
// the days that change with MarkDays, in the transactions that change them.
//
// A background job (WorkRevenue) adds up the days that are over and whose sums are stale,
// and then their months, this one up to yesterday. Readers use the sums of months and days,
// and read today and stale days from what is added up, so that they return the same as a
// sum over everything. What is read from facts is read once for all questions of a report, by
// the dimension with the longest keys. All rows belong to a generation of the site's figures,
// and days are those of its time zone.
//
// It must not know of HTTP or Temporal, nor how touchpoints and credit are computed. Every
// query that answers a person is limited to an account (G9).
package revenue
