// Package worker runs the workflows and activities on Temporal. It defines which
// code runs on which queue under which name and how much of it at a time, and it
// registers the search attributes that the namespace needs.
//
// It must not know what the activities do, of the database or of the web.
package worker
