// Package workflows is the life of a call, of a lead and of a resend as
// Temporal runs it: wait for the end, settle, decide, dispatch each in
// parallel. It holds deterministic code only, and the contract by which others
// start, signal and serve it.
//
// It must not know of the database, of HTTP or of the web. What travels in it
// is ids, enums, counts and times (guarantee 7): names, numbers, cookies and
// secrets stay in the database.
//
// What always holds:
//   - A delivery is one dispatch activity, begun once, retried by the server. A
//     retry costs no history.
//   - No trouble with a destination fails a workflow or delays another delivery.
//   - A delivery whose activity ends without an end state is given up, with a
//     cause. So is what is open when an operator cancels a workflow.
//   - The database may be away for days: local activities are retried without
//     end. A signal says only that there is something to read.
//
// What it costs: a lead to two destinations makes 17 events, a call with an
// early send, two signals and two destinations 36. Every recorded history in
// testdata/histories has to replay; internal/record makes new ones. A change
// that breaks one needs workflow.GetVersion, because a call may be waiting.
package workflows
