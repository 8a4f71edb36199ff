// Package graph finds the facts that belong together in the identity graph of a site: the
// sessions, calls, leads, Tasks and people of the CRM of one person, or of several who share
// something. Its nodes are what facts are found by, such as a visitor, a phone number or a
// BizibleId. Package touchpoints decides what follows from the facts, and package journeys
// stores that.
//
// From each node of a group the same group is found. Something that very many share, such as
// the number of a telephone system, would make one group of a whole site. Limits bound what is
// loaded, and a group says what it leaves out.
//
// Beside the facts, which other packages store, it stores which visitors are somebody and the
// BizibleIds by which visitors, calls and leads are found. It must not know how touchpoints
// are stored, nor of marks, and it runs in the transaction of its caller.
package graph
