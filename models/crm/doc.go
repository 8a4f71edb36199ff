// Package crm stores the people and opportunities of the owner's CRM, as they were
// last reported by API or read from the CRM. Its rows are the owner's records: they
// stay when a visitor withdraws consent, as calls and leads do, until the owner
// deletes them. Every query is limited to an account (G9).
//
// It must not know of HTTP, Temporal, or how credit is divided.
package crm
