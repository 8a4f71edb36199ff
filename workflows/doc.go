// Package workflows holds the Temporal workflows of a call, of a lead and of a
// resend: wait for the end, settle, decide, dispatch the deliveries in parallel. It
// contains deterministic code only, and the contract by which others start, signal
// and implement it.
//
// It must not know of the database, of HTTP or of the web. Its inputs and results
// are ids, enums, counts, times, and the names of integrations and sites (G7): what
// identifies callers and visitors, and secrets, stay in the database.
//
// These rules always hold:
//   - A delivery is one dispatch activity, started once and retried by the server.
//     A retry costs no history.
//   - A problem with a destination never fails a workflow or delays another delivery.
//   - A delivery whose activity ends without an end state is given up, with a
//     cause. So is everything open when an operator cancels a workflow.
//   - The database may be unavailable for days: local activities are retried without
//     end. A signal only means that there is something to read.
//
// A lead to two destinations has 17 events in its history; a call with an early
// send, two signals and two destinations has 36. Every recorded history in
// testdata/histories must replay; internal/record makes new ones. A change that
// breaks one needs workflow.GetVersion, because a call may be waiting.
package workflows
