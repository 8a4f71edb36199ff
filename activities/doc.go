// Package activities is what the workflows have done for them: reading and
// storing in the database, judging, and sending to the outside. One file per
// activity: plan, decide, dispatch, give up, finish.
//
// It must not know of the web or of GORM. What it hands back to Temporal is
// ids, enums, counts and times, in errors too (guarantee 7): details go to the
// log and to the database.
package activities
