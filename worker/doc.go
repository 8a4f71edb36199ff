// Package worker runs the workflows and activities on Temporal: which code
// answers on which queue under which name, with how many at a time, and the
// search attributes that the namespace needs.
//
// It must not know what the activities do, of the database or of the web.
package worker
