// Package journeys is the part of the store about touchpoints and credit: the Tasks of
// calls in the owner's CRM, the touchpoints of people, what became of each call, and the
// credit of touchpoints for opportunities. Packages touchpoints, touchpoints/channels and
// touchpoints/credit decide all of that; package graph finds the facts that they are asked
// about, and this package stores what they return.
//
// Everything but the Tasks, the rules and the rates is derived, and can be computed again
// at any time. Code that changes a fact calls AddMarks in the same transaction. A runner takes
// the marks and computes the people and opportunities that they concern, so the result
// does not depend on the order in which facts come. Rows that stay the same are not
// written. Package revenue adds up touchpoints and credit by local day; the days on which
// they change are named to it in the same transaction.
//
// The figures of a site belong to a generation. After a change of the rules or of the time
// zone the next generation is computed beside the one that is serving. Queries of the
// figures name the generation that Serving returns.
//
// It must not know of HTTP, of Temporal, or of the API of a CRM.
package journeys
