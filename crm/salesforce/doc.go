// Package salesforce is a client of Salesforce's REST API: login, describe, query,
// search, and single records. It has what Ringback needs of it, by
// docs/facts/salesforce.md.
//
// It covers the format of requests and answers. It must not know what is written or
// read, the database, or Temporal.
package salesforce
