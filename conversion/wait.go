package conversion

// WaitFor is what a decision waits for.
type WaitFor string

// What a call's decision can wait for before the end of the call.
const (
	WaitForEnd     WaitFor = "end"     // the end of the call
	WaitForCaller  WaitFor = "caller"  // the caller's number
	WaitForVisitor WaitFor = "visitor" // a session, a visitor id or traffic
	WaitForVisit   WaitFor = "visit"   // a visit of the session or visitor that is already known
)

// WaitReason is why a decision waits.
type WaitReason string

// The reasons to wait. The settings of an integration are read when its decision
// is made, so one that is switched off or does not send calls waits as well.
const (
	WaitSwitchedOff    WaitReason = "switched_off"      // end: the integration is switched off now
	WaitKindOff        WaitReason = "kind_not_wanted"   // end: the integration does not send calls now
	WaitMetric         WaitReason = "metric_at_end"     // end: one of the metrics is known only then
	WaitTags           WaitReason = "tags_at_end"       // end: the tag filter looks at the tags of the end
	WaitUniqueness     WaitReason = "uniqueness"        // caller: uniqueness goes by the number
	WaitVisitorUnknown WaitReason = "visitor_not_known" // visitor: nothing is known of the visitor yet
	WaitTraffic        WaitReason = "traffic_filter"    // visit: the traffic filter looks at it
)

// Wait is one thing that a decision waits for, and why.
type Wait struct {
	For WaitFor    `json:"for"`
	Why WaitReason `json:"why"`
}
