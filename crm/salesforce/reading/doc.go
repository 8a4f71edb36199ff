// Package reading reads the leads, contacts, opportunities and Tasks of a Salesforce org
// that have changed, in the order of their last changes, those that are deleted or
// archived too (M7).
//
// It covers which fields are read and what they mean. It must not know where records are
// stored, or how often they are read.
package reading
