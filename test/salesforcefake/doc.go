// Package salesforcefake is an imitation of one Salesforce org over HTTP, for tests
// and for the demonstration: login, describe, query, search, create, upsert, delete
// and limits, with Salesforce's errors and injectable faults. It is written from
// docs/facts/salesforce.md, and holds sample data only.
//
// It must not know Ringback.
package salesforcefake
