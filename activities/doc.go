// Package activities holds the activities of the workflows: they read and store in
// the database, judge conversions, and send events to destinations. There is one
// file per activity: plan, decide, dispatch, give up, finish.
//
// It must not know of the web or of GORM. Its results and errors, which Temporal
// stores, are ids, enums, counts, times, and the names of integrations and sites (G7).
// Details go to the log and to the database.
package activities
