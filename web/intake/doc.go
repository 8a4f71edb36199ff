// Package intake takes in what is reported about calls and leads: the operations of
// the API with which other systems report them, and the webhooks of providers. It
// verifies and normalises a report, stores it, and answers only after the commit
// (G1). It must not know settings, sessions or what becomes of a conversion.
package intake
